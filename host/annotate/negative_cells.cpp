#include "host/annotate/negative_cells.hpp"

#include <algorithm>
#include <cmath>

namespace gateless::annotate {
namespace {

constexpr std::size_t kFewestMarkers = 2;

/// The lowest mode of a marker, transformed units.
struct LowestMode {
  double position = 0.0, sd = 0.0;
  bool has_higher = false;
};

std::vector<LowestMode> lowest_modes(std::size_t left_out,
                                     const std::vector<std::vector<Mode>>& modes,
                                     const std::vector<MarkerRange>& ranges,
                                     const std::vector<bool>& is_comparable) {
  std::vector<LowestMode> lowest;
  for (std::size_t marker = 0; marker < modes.size(); ++marker) {
    if (marker == left_out || !is_comparable[marker] || modes[marker].empty()) continue;
    const MarkerRange& range = ranges[marker];
    const double unit = (range.high - range.low) / static_cast<double>(kBins);
    const Mode& mode = modes[marker].front();
    lowest.push_back({range.low + mode.position * unit, mode.sd * unit, modes[marker].size() > 1});
  }
  return lowest;
}

}  // namespace

Mode negative_cells_of_others(std::size_t marker, const std::vector<std::vector<Mode>>& modes,
                              const std::vector<MarkerRange>& ranges,
                              const std::vector<bool>& is_comparable) {
  std::vector<LowestMode> lowest = lowest_modes(marker, modes, ranges, is_comparable);
  double highest = -INFINITY;  // within the modes that are negative because another lies above
  for (const LowestMode& one : lowest) {
    if (one.has_higher) highest = std::max(highest, one.position + one.sd);
  }
  std::erase_if(lowest,
                [&](const LowestMode& one) { return !one.has_higher && one.position > highest; });
  if (lowest.size() < kFewestMarkers) return {0.0, 1.0, 0.0};
  const auto count = static_cast<double>(lowest.size());
  double mean = 0.0, between = 0.0;
  for (const LowestMode& one : lowest) mean += one.position / count;
  for (const LowestMode& one : lowest)
    between += (one.position - mean) * (one.position - mean) / (count - 1.0);
  const auto middle = lowest.begin() + static_cast<std::ptrdiff_t>(lowest.size() / 2);
  std::nth_element(lowest.begin(), middle, lowest.end(),
                   [](const LowestMode& a, const LowestMode& b) { return a.sd < b.sd; });
  // The mean is itself known from `count` markers only. Within a marker the spread is the median one: some lowest modes
  // are broad, as they hold more than negative cells.
  const double sd = std::sqrt(between * (1.0 + 1.0 / count) + middle->sd * middle->sd);
  const MarkerRange& range = ranges[marker];
  const double bins = static_cast<double>(kBins) / (range.high - range.low);
  return {(mean - range.low) * bins, sd * bins, count, middle->sd * bins, middle->sd * bins};
}

Mode dimmest_of_others(std::size_t marker, const std::vector<std::vector<Mode>>& modes,
                       const std::vector<MarkerRange>& ranges,
                       const std::vector<bool>& is_comparable) {
  const std::vector<LowestMode> lowest = lowest_modes(marker, modes, ranges, is_comparable);
  const auto dimmest = std::min_element(
      lowest.begin(), lowest.end(),
      [](const LowestMode& a, const LowestMode& b) { return a.position < b.position; });
  if (dimmest == lowest.end()) return {0.0, 1.0, 0.0};
  const MarkerRange& range = ranges[marker];
  const double bins = static_cast<double>(kBins) / (range.high - range.low);
  return {(dimmest->position - range.low) * bins, dimmest->sd * bins, 1.0};
}

double certainty_above(const Mode& negatives, double position) {
  if (negatives.mass <= 0.0 || position <= negatives.position) return 0.0;
  const double k = (position - negatives.position) / negatives.sd;
  return k * k / (1.0 + k * k);
}

}  // namespace gateless::annotate
