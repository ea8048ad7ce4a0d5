// The shape of one channel's distribution: its modes and the valleys between them, robust against counting noise.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gateless::preprocess {

/// A histogram smoothed by a Gaussian kernel.
struct Density {
  double low = 0.0;            ///< left edge of the first bin
  double step = 1.0;           ///< width of a bin
  double kernel = 1.0;         ///< sd of the kernel, in bins
  std::vector<double> height;  ///< [bins], events per bin

  [[nodiscard]] double centre(std::size_t bin) const {
    return low + (static_cast<double>(bin) + 0.5) * step;
  }
};

/// A local maximum of a density, and the lowest point between it and the next one to its left.
struct Peak {
  std::size_t bin = 0;
  std::size_t valley_before = 0;  ///< bin; 0 for the first peak
};

/// Where most values lie: the highest point and the half widths there, as standard deviations of a normal curve.
struct DensityMode {
  double centre = 0.0;
  double spread_below = 0.0;
  double spread_above = 0.0;
};

/// The density of `values` over the range that holds all but the outermost 0.05 % on either side; others are left out.
/// Empty height where there are fewer than 100 values or all are equal.
[[nodiscard]] Density estimate_density(std::span<const float> values);

/// Peaks from left to right. Two peaks are told apart where the valley between them is lower than `depth` times the
/// lower peak and by more than four standard deviations of the counts.
[[nodiscard]] std::vector<Peak> find_peaks(const Density& density, double depth);

/// The main mode. Undefined for an empty density.
[[nodiscard]] DensityMode main_mode(const Density& density);

/// The q-quantile (0..1) of at most `limit` of the values, taken at a fixed stride. 0 if there are none.
[[nodiscard]] double quantile(std::span<const float> values, double q, std::size_t limit = 20'000);

}  // namespace gateless::preprocess
