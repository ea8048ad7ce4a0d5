// The lower end of values that somebody has transformed or cut: negative cells that lie in two places.
#pragma once

#include <string>

#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {

/// A logarithm piles up all events at or below its lowest value; an arcsinh whose cofactor is far below the detector's
/// noise parts negative cells at 0. Where most markers show this below one level, the events far below it are drawn up to
/// it, in their order, so that negative cells are one population again. Where linear values below 0 were set to 0, those at 0
/// become the lower tail of the negative cells again. Returns what was done, as a sentence; empty where the values come from a mass cytometer (whose zeros
/// are counts), or need nothing.
[[nodiscard]] std::string join_negative_cells(RawSample& sample, const Panel& panel,
                                              const ValueScale& scale);

}  // namespace gateless::preprocess
