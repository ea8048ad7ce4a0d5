// Spearman's rank correlation, exact for a handful of patients.
#pragma once

#include <span>

#include "host/core/results.hpp"

namespace gateless::statistics {

struct RankCorrelation {
  Number rho;  ///< empty for fewer than three pairs or a constant
  /// Two-sided, P(|rho| at least this large): over all permutations up to 9 pairs, else by the t approximation.
  Number p;
};

/// `x` and `y` have the same length.
[[nodiscard]] RankCorrelation spearman(std::span<const double> x, std::span<const double> y);

}  // namespace gateless::statistics
