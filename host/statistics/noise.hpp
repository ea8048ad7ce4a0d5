// How much a subset's fraction varies between two samples of an unchanged patient, beyond what counting explains.
#pragma once

#include <cstddef>
#include <vector>

namespace gateless {

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

/// A difference of an unchanged person has the variance counting_variance + 2 noise^2; a changed patient's lies around a
/// large step up or down. Which patients changed is not known, so each subset's differences are a mixture of the two with
/// an unknown share of changed patients, all up, all down, or both; and the noise of the subsets scatters
/// log-normally around a typical one. All unknowns are averaged over grids (empirical Bayes), so that a subset in which
/// most patients change does not call its change noise, a noisy subset is told by differences both ways and of
/// all sizes, and a study of few pairs falls back on a noise of 10 %. One difference in twenty may be of any size, so that
/// one sample unlike all others does not make noise of what the others show. Repeats of one blood say that the noise is at least
/// theirs: they lack what varies in a person from visit to visit.
[[nodiscard]] NoiseEstimate estimate_noise(const std::vector<NoisePair>& pairs,
                                           std::size_t subsets);

}  // namespace gateless
