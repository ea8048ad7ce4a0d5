#include "host/preprocess/value_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/preprocess/density.hpp"

namespace gateless {
namespace {

constexpr std::size_t kLookedAt = 5'000;
constexpr double kLargestTransformed = 20.0;  ///< no arcsinh, log or logicle scale goes beyond
constexpr double kLargestDisplay = 4200.0;    ///< 12-bit display scales
constexpr double kSkewOfDisplay = 4.0;

}  // namespace

double MarkerValues::quantile(double q) const {
  if (sorted.empty()) return 0.0;
  const auto rank = static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1) + 0.5);
  return static_cast<double>(sorted[rank]);
}

std::size_t MarkerValues::negatives() const {
  return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), 0.0F) -
                                  sorted.begin());
}

double MarkerValues::skew() const {
  const double lower = quantile(0.5) - quantile(0.01);
  return lower > 0.0 ? (quantile(0.99) - quantile(0.5)) / lower : INFINITY;
}

MarkerValues look_at(std::span<const float> values) {
  MarkerValues result;
  const std::size_t stride = std::max<std::size_t>(1, (values.size() + kLookedAt - 1) / kLookedAt);
  for (std::size_t i = 0; i < values.size(); i += stride) {
    if (std::isfinite(values[i])) result.sorted.push_back(values[i]);
  }
  std::sort(result.sorted.begin(), result.sorted.end());
  return result;
}

std::string how_transformed(const std::vector<MarkerValues>& markers) {
  double largest = 0.0;
  double smallest = 0.0;
  std::vector<double> skews;
  for (const MarkerValues& marker : markers) {
    largest = std::max(largest, marker.quantile(0.999));
    smallest = std::min(smallest, marker.quantile(0.001));
    skews.push_back(marker.skew());
  }
  if (!(largest > 0.0)) return "";
  if (largest <= kLargestTransformed && smallest >= -kLargestTransformed) {
    return fmt::format("no value is larger than {:.3g}", largest);
  }
  if (largest <= kLargestDisplay && smallest >= -0.25 * kLargestDisplay &&
      median_of(skews) <= kSkewOfDisplay) {
    return fmt::format("values reach {:.4g} and are spread evenly, like a display scale", largest);
  }
  return "";
}

ValueScale scale_of(const RawSample& sample, const Panel& panel) {
  std::vector<MarkerValues> markers;
  double largest = 0.0;
  double smallest = 0.0;
  for (const PanelChannel& channel : panel.channels) {
    if (channel.role != ChannelRole::kMarker) continue;
    markers.push_back(look_at(sample.values[channel.channel]));
    largest = std::max(largest, markers.back().quantile(0.999));
    smallest = std::min(smallest, markers.back().quantile(0.001));
  }
  // Counts of ions spread like a display scale.
  const bool is_count = panel.instrument == Instrument::kMass && largest > kLargestTransformed;
  return {.shown = is_count ? "" : how_transformed(markers), .span = largest - smallest};
}

}  // namespace gateless
