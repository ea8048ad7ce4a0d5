// On which scale a file's values are: a detector's own, or one that somebody has transformed them to.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"

namespace gateless::preprocess {

/// Values of one marker that were looked at, ascending.
struct MarkerValues {
  std::vector<float> sorted;

  [[nodiscard]] double quantile(double q) const;
  [[nodiscard]] std::size_t negatives() const;
  /// Upper against lower tail: about 1 for symmetric values, above 10 for linear fluorescence.
  [[nodiscard]] double skew() const;
  /// How far the brightest thousandth lies beyond the brightest 3 %, both from the lower quartile: about 1.1 where bright
  /// cells are transformed, 1.5 and more where they are linear; nothing where the two cannot be told.
  [[nodiscard]] std::optional<double> bright_reach() const;
};

/// At most 5,000 of the values, at a fixed stride.
[[nodiscard]] MarkerValues look_at(std::span<const float> values);

/// Empty where the values of a panel's markers are linear; otherwise what shows that they are not.
[[nodiscard]] std::string how_transformed(const std::vector<MarkerValues>& markers,
                                          Instrument instrument);

/// The scale of one file's markers.
struct ValueScale {
  std::string shown;  ///< as how_transformed()
  double span = 0.0;  ///< from the dimmest to the brightest event of any marker

  [[nodiscard]] bool is_linear() const { return shown.empty(); }
};
[[nodiscard]] ValueScale scale_of(const RawSample& sample, const Panel& panel);

}  // namespace gateless::preprocess
