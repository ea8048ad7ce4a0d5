// The spillover matrix that a file carries, under the names that writers give it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/core/raw_sample.hpp"
#include "io/fcs_text.hpp"

namespace gateless {

/// Parses $SPILLOVER (FCS 3.1, 3.2.20: n, n names, n x n coefficients), or SPILL, SPILLOVER, $SPILL. Names may be
/// $PnN, $PnS or channel numbers; they become $PnN. Rows are divided by their diagonal.
/// Nothing, and a warning, for one that cannot be used: cut, unknown channels, not square, or identity.
/// FCS 3.0's $COMP and 2.0's $DFCiTOj are never applied: they say what the instrument has subtracted already.
[[nodiscard]] std::optional<Spillover> read_spillover(const FcsKeywords& keywords,
                                                      const std::vector<Channel>& channels,
                                                      std::vector<std::string>& warnings);

/// `$SPILLOVER`'s value.
[[nodiscard]] std::string spillover_text(const Spillover& spillover);

}  // namespace gateless
