// The clock of an acquisition, as far as it can be mended.
#pragma once

#include <span>
#include <vector>

namespace gateless::preprocess {

/// The clock without gaps (not-a-number) and, where a few runs were joined, going on from one to the next; empty if it is
/// so already, or restarts too often to be joined runs.
[[nodiscard]] std::vector<float> mended_clock(std::span<const float> t);

}  // namespace gateless::preprocess
