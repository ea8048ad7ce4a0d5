// A stretch of the acquisition on another level than the rest, between two steps: a clog, a change of voltage, another tube.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace gateless::preprocess {

/// Bins [first, last) of a series.
struct Stretch {
  std::size_t first = 0, last = 0;
  double difference = 0.0;  ///< of its mean from the mean of the rest
};

/// The stretch of 3 to 50 % of the bins that differs most from the rest, by at least `least`, with a step at each of its
/// ends; nothing where the series drifts slowly or stays level. `least_sd` is a bin's own noise.
[[nodiscard]] std::optional<Stretch> find_stretch(const std::vector<double>& series, double least,
                                                  double least_sd);

}  // namespace gateless::preprocess
