// How much a subset's fraction varies between two samples of an unchanged patient, beyond what counting explains.
#pragma once

#include <cstddef>
#include <vector>

namespace gateless {

/// Two samples of one patient, for one subset.
struct NoisePair {
  std::size_t subset = 0;
  double difference = 0.0;         ///< of log odds
  double counting_variance = 0.0;  ///< of both samples
  bool is_primary = false;         ///< expected to change: left out of the pooled estimate
};

struct NoiseEstimate {
  double pooled = 0.0;          ///< variance of one sample's log odds
  std::vector<double> subset;   ///< [subsets], the same, shrunk towards the pooled one
  std::vector<double> freedom;  ///< [subsets], degrees of freedom that each estimate is worth
};

/// A difference of an unchanged patient has the variance counting_variance + 2 x noise. Most subsets of most patients do
/// not change, so the noise is found from the middle of the differences: pairs beyond 2.5 standard deviations are set
/// aside, the noise is set so that the median of difference^2 / variance is that of the accordingly truncated chi^2
/// (one degree of freedom), and this is repeated until it holds still. A subset's own estimate, made likewise from
/// its own pairs, is shrunk towards the pooled one (weight 10 pairs), and the pooled one towards 0.1^2 (weight 4
/// pairs), so that changed subsets cannot call their own change noise and small studies get a sensible value.
[[nodiscard]] NoiseEstimate estimate_noise(const std::vector<NoisePair>& pairs,
                                           std::size_t subsets);

}  // namespace gateless
