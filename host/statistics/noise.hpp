// How much a subset's fraction varies between two samples of an unchanged patient, beyond what counting explains.
#pragma once

#include <cstddef>
#include <vector>

namespace gateless::statistics {

/// Of whom two samples are.
enum class PairKind {
  kPatient,    ///< who may have changed
  kUnchanged,  ///< a healthy person at two visits
  kRepeat      ///< one blood measured twice: it varies by handling and measurement alone
};

/// Two samples, for one subset.
struct NoisePair {
  std::size_t subset = 0;
  double difference = 0.0;         ///< of log odds
  double counting_variance = 0.0;  ///< of both samples
  bool is_primary = false;  ///< a subset that is expected to change in any share of the patients
  PairKind kind = PairKind::kPatient;
};

struct NoiseEstimate {
  double pooled = 0.0;         ///< variance of one sample's log odds, of the typical subset
  std::vector<double> subset;  ///< [subsets], of each subset
};

/// Model: the difference of an unchanged person has the variance counting_variance + 2 noise^2; that of a changed patient lies
/// around a large step up or down. Who changed is unknown, so each subset's differences are a mixture of both with an unknown
/// share of changed patients, all up, all down, or both ways. The noise of the subsets scatters log-normally around a typical one.
/// All unknowns are averaged over grids (empirical Bayes).
///
/// So a subset in which most patients change does not count its change as noise; a noisy subset shows differences both ways
/// and of all sizes; a study of few pairs falls back on a noise of 10 %. One difference in twenty may have any size, so one
/// outlying sample does not raise the noise. Repeats of one blood are a lower bound: they lack the variation between visits.
[[nodiscard]] NoiseEstimate estimate_noise(const std::vector<NoisePair>& pairs,
                                           std::size_t subsets);

}  // namespace gateless::statistics
