// How steady the signal of a file is over its acquisition, as one short line to look at.
#pragma once

#include <vector>

#include "host/preprocess/clean_steps.hpp"

namespace gateless::preprocess {

/// Mean over the markers of their median in each of 40 equal parts of the file's events, less the median of the whole
/// file, in spreads (half of the range between its 16 % and 84 % quantiles). Of all events in file order, before
/// any is dropped; at most 200 of a part are looked at. Empty for files of fewer than 400 events.
[[nodiscard]] std::vector<float> signal_over_time(const Cleaning& cleaning);

}  // namespace gateless::preprocess
