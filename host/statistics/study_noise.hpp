// The pairs of samples from which the noise of a study is estimated.
#pragma once

#include <string>
#include <vector>

#include "host/statistics/noise.hpp"
#include "host/statistics/series.hpp"

namespace gateless::statistics {

/// What each subset's log odds vary by between samples, from everybody's pairs of baseline and visit and from replicates.
/// A sample of which nearly all subsets differ as in nobody else says nothing of noise: it is left out, with a warning.
[[nodiscard]] NoiseEstimate noise_of_study(const std::vector<SubsetSeries>& all,
                                           const Course& course, const std::string& baseline,
                                           std::vector<std::string>& warnings);

}  // namespace gateless::statistics
