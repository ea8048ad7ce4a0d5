#include "host/preprocess/value_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/core/distribution.hpp"
#include "host/preprocess/density.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kLookedAt = 5'000;
constexpr double kLargestTransformed = 20.0;  ///< no arcsinh, log or logicle scale goes beyond
constexpr double kLargestDisplay = 4200.0;    ///< 12-bit display scales
constexpr double kSkewOfDisplay = 4.0;
constexpr double kLargestChannel = 66000.0;  ///< 16-bit channels
constexpr double kReachOfDisplay = 1.2;      ///< bright_reach() of a quarter of the markers
constexpr std::size_t kFewestReaches = 5;
constexpr double kOneDisplay =
    8.0;  ///< by which factor markers' brightest events differ at most on one display
// Linear values that were divided by the range: negative cells share a sliver of the scale, bright ones spread.
constexpr double kReachOfLinear = 1.35;
constexpr double kSkewOfLinear = 15.0;
constexpr double kSliver = 0.01;  ///< of the largest value

/// What shows on which scale a panel's values are, over its markers.
struct ScaleSigns {
  double largest = 0.0;
  double smallest = 0.0;
  double skew = 0.0;         ///< median
  double dimmest_top = 0.0;  ///< the brightest events of the markers' lower quarter
  double sliver = 0.0;       ///< median distance from the 5th percentile to the middle
  double reach =
      INFINITY;  ///< bright_reach() of the lower quarter; infinite where too few markers have one
};

ScaleSigns signs_of(const std::vector<MarkerValues>& markers) {
  ScaleSigns signs;
  std::vector<double> skews, slivers, reaches, tops;
  for (const MarkerValues& marker : markers) {
    signs.largest = std::max(signs.largest, marker.quantile(0.999));
    signs.smallest = std::min(signs.smallest, marker.quantile(0.001));
    tops.push_back(marker.quantile(0.999));
    skews.push_back(marker.skew());
    slivers.push_back(marker.quantile(0.5) - marker.quantile(0.05));
    if (const auto reach = marker.bright_reach()) reaches.push_back(*reach);
  }
  signs.skew = upper_median(skews);
  signs.sliver = upper_median(slivers);
  if (reaches.size() < kFewestReaches) return signs;
  signs.reach = at_rank(reaches, reaches.size() / 4);
  signs.dimmest_top = at_rank(tops, tops.size() / 4);
  return signs;
}

/// Linear fluorescence that was divided by its range, as some readers do.
bool is_divided(const ScaleSigns& signs) {
  return std::isfinite(signs.reach) && signs.reach >= kReachOfLinear &&
         signs.skew >= kSkewOfLinear && signs.sliver > 0.0 &&
         signs.sliver < kSliver * signs.largest;
}

bool is_display(const ScaleSigns& signs) {
  if (signs.largest <= kLargestDisplay && signs.smallest >= -0.25 * kLargestDisplay &&
      signs.skew <= kSkewOfDisplay) {
    return true;
  }
  return signs.largest <= kLargestChannel && signs.smallest >= -0.25 * signs.largest &&
         signs.reach <= kReachOfDisplay && kOneDisplay * signs.dimmest_top >= signs.largest;
}

}  // namespace

double MarkerValues::quantile(double q) const {
  if (sorted.empty()) return 0.0;
  const auto rank =
      static_cast<std::size_t>(std::lround(q * static_cast<double>(sorted.size() - 1)));
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
  sort_values(result.sorted);
  return result;
}

std::optional<double> MarkerValues::bright_reach() const {
  const double low = quantile(0.25);
  const double bright = quantile(0.97) - low;
  if (!(bright > 0.0)) return {};
  return (quantile(0.999) - low) / bright;
}

std::string how_transformed(const std::vector<MarkerValues>& markers, Instrument instrument) {
  const ScaleSigns signs = signs_of(markers);
  if (!(signs.largest > 0.0)) return "";
  const bool is_mass = instrument == Instrument::kMass;
  if (signs.largest <= kLargestTransformed && signs.smallest >= -kLargestTransformed) {
    if (!is_mass && is_divided(signs)) return "";
    return fmt::format("no value is larger than {:.3g}", signs.largest);
  }
  // Counts of ions spread like a display scale.
  if (is_mass || !is_display(signs)) return "";
  return fmt::format("values reach {:.4g} and are spread evenly, like a display scale",
                     signs.largest);
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
  return {.shown = how_transformed(markers, panel.instrument), .span = largest - smallest};
}

}  // namespace gateless::preprocess
