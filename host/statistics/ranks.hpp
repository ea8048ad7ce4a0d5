// Ranks with ties.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::statistics {

/// Ranks from 1, ties get their mean. [values]
[[nodiscard]] std::vector<double> mid_ranks(std::span<const double> values);

/// Twice the mid-ranks, which is whole.
[[nodiscard]] std::vector<std::size_t> doubled(const std::vector<double>& ranks);

/// Sum over groups of ties of t^3 - t, which the variance of a sum of ranks needs.
[[nodiscard]] double tie_term(std::vector<double> values);

}  // namespace gateless::statistics
