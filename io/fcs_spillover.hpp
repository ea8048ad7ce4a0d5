// The spillover matrix that a file carries, under the names that writers give it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/core/raw_sample.hpp"
#include "io/fcs_text.hpp"

namespace gateless::io {

/// Parses $SPILLOVER (FCS 3.1, 3.2.20: n, n names, n x n coefficients), or SPILL, SPILLOVER, $SPILL. Names may be
/// $PnN, $PnS, channel numbers, or spelled like exactly one channel; they become $PnN. Channels that are not in the file
/// are left out, and the rest is used. Rows are divided by their diagonal. Decimal commas are read where only one
/// reading is a spillover matrix.
/// Nothing, and a warning, for one that cannot be used: cut, none of its channels in the file, not square, or identity.
/// FCS 3.0's $COMP and 2.0's $DFCiTOj are never applied: they say what the instrument has subtracted already.
[[nodiscard]] std::optional<Spillover> read_spillover(const FcsKeywords& keywords,
                                                      const std::vector<Channel>& channels,
                                                      std::vector<std::string>& warnings);

/// The same for one value, which `name` calls in warnings.
[[nodiscard]] std::optional<Spillover> parse_spillover(const std::string& name,
                                                       const std::string& text,
                                                       const std::vector<Channel>& channels,
                                                       std::vector<std::string>& warnings);

/// `$SPILLOVER`'s value.
[[nodiscard]] std::string spillover_text(const Spillover& spillover);

}  // namespace gateless::io
