// A made-up trial as Results, for looking at the page and for its tests: six patients, six healthy controls.
#pragma once

#include "host/core/results.hpp"

namespace gateless::report {

/// P1, P2, P4, P6 lose double-negative and gain non-reactive B cells; P2, P5 gain Tregs; P3 stays as it is.
[[nodiscard]] Results fake_trial();

/// A trial of 50 subsets, 40 samples and 60 clusters.
[[nodiscard]] Results large_trial();

/// The first with text that would be markup wherever a file can bring text in.
[[nodiscard]] Results hostile_trial();

}  // namespace gateless::report
