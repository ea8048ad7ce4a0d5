// Confidence intervals of a proportion.
#pragma once

namespace gateless::statistics {

struct Interval {
  double low = 0.0;
  double high = 1.0;
};

/// The normal quantile of a two-sided interval of `level`, e.g. 1.96 for 0.95.
[[nodiscard]] double normal_quantile_of(double level);

/// Wilson's score interval (Wilson, JASA 1927), for counts that need not be whole. `trials` > 0.
[[nodiscard]] Interval wilson(double successes, double trials, double level = 0.95);

/// The exact interval (Clopper & Pearson, Biometrika 1934), for counts that need not be whole. `trials` > 0.
[[nodiscard]] Interval clopper_pearson(double successes, double trials, double level = 0.95);

}  // namespace gateless::statistics
