// The change of one subset between two samples of one patient, with an interval that holds for few events too.
#pragma once

#include "host/core/results.hpp"
#include "host/statistics/intervals.hpp"

namespace gateless::statistics {

/// A subset's share in a sample, as counts that carry its whole uncertainty.
struct Share {
  double events = 0.0;  ///< effective: fraction x effective parent events
  double others =
      0.0;  ///< effective events of the parent outside the subset; of the lower part for a ratio
  bool is_ratio = false;

  [[nodiscard]] double log_odds()
      const;  ///< with half an event added to both, so that it is finite
  [[nodiscard]] double counting_variance() const;  ///< of log_odds(), by the delta method
};

/// A row's share; `is_ratio` when its fraction is one of a ratio. Both counts are zero where the row has no fraction.
[[nodiscard]] Share share_of(const AbundanceRow& row, bool is_ratio);

/// Whether a patient's pair of samples has events enough for a change to be called: more than `limit` on average, of both
/// sides for a ratio. The sum of both visits decides because it says nothing of their difference where nothing changed
/// (given the sum, one of two Poisson counts is binomial: Przyborowski & Wilenski, Biometrika 1940); one sample's
/// count would pick the pairs in which that one came out high.
[[nodiscard]] bool is_quantifiable(const AbundanceRow& before, const AbundanceRow& after,
                                   bool is_ratio, double limit);

/// A change of a fraction or a ratio: log(after / before).
struct LogChange {
  double change = 0.0;
  Interval interval;  ///< 95 %; infinite where a sample has no event at all
  double p = 1.0;     ///< two-sided, below 0.05 exactly when the interval excludes 0
};

/// MOVER (Zou & Donner, Stat Med 2008): the distances from both estimates to their limits add as squares. A sample's limits are
/// those of Clopper and Pearson, widened by the noise between samples on the scale of log odds. The change is that of the
/// fraction itself: the relative change of a common subset depends on where it starts, which is uncertain too.
/// `noise` is the variance of one sample's log odds beyond counting.
[[nodiscard]] LogChange log_change(const Share& before, const Share& after, double noise);

}  // namespace gateless::statistics
