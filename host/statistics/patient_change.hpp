// The change of one subset between two samples of one patient, with an interval that holds for few events too.
#pragma once

#include "host/core/results.hpp"
#include "host/statistics/intervals.hpp"

namespace gateless {

/// A subset's share in a sample, as counts that carry its whole uncertainty.
struct Share {
  double events = 0.0;  ///< effective: fraction x effective parent events
  double others =
      0.0;  ///< effective events of the parent outside the subset; of the lower part for a ratio

  [[nodiscard]] double log_odds()
      const;  ///< with half an event added to both, so that it is finite
  [[nodiscard]] double counting_variance() const;  ///< of log_odds(), by the delta method
};

/// A row's share; `is_ratio` when its fraction is one of a ratio. Both counts are zero where the row has no fraction.
[[nodiscard]] Share share_of(const AbundanceRow& row, bool is_ratio);

/// A change of log odds.
struct OddsChange {
  double change = 0.0;
  Interval interval;  ///< 95 %; infinite where a sample has no event at all
  double p = 1.0;     ///< two-sided, below 0.05 exactly when the interval excludes 0
};

/// MOVER (Zou & Donner, Stat Med 2008): the samples' own Clopper-Pearson limits and the noise between samples join as
/// squares. `noise` is the variance of one sample's log odds beyond counting.
[[nodiscard]] OddsChange odds_change(const Share& before, const Share& after, double noise);

/// after / before - 1 when the odds of `before` (a fraction, or a ratio) change by `log_odds`.
[[nodiscard]] double relative_change(double before, double log_odds, bool is_ratio);

}  // namespace gateless
