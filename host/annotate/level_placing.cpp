#include "host/annotate/level_placing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gateless {
namespace {

constexpr double kSmoothing = 4.0;  // bins, sd of the kernel
constexpr double kValley = 0.8;     // of the lower peak
constexpr double kSmallestMass = 0.005;

std::vector<double> smooth(const BinCounts& counts) {
  const int reach = static_cast<int>(3 * kSmoothing);
  std::vector<double> kernel;
  for (int i = -reach; i <= reach; ++i)
    kernel.push_back(std::exp(-0.5 * i * i / (kSmoothing * kSmoothing)));
  std::vector<double> result(kBins, 0.0);
  const int bins = static_cast<int>(kBins);
  for (int bin = 0; bin < bins; ++bin) {
    double sum = 0.0, weight = 0.0;
    for (int i = -reach; i <= reach; ++i) {
      if (bin + i < 0 || bin + i >= bins) continue;
      const double k = kernel[static_cast<std::size_t>(i + reach)];
      sum += k * counts[static_cast<std::size_t>(bin + i)];
      weight += k;
    }
    result[static_cast<std::size_t>(bin)] = sum / weight;
  }
  return result;
}

double quantile(const BinCounts& counts, double share) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  double seen = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    seen += counts[bin];
    if (seen >= share * total) return static_cast<double>(bin);
  }
  return static_cast<double>(kBins - 1);
}

struct Peak {
  std::size_t top = 0, first = 0, last = 0;  ///< bins; [first, last] between its valleys
};

std::vector<Peak> find_peaks(const std::vector<double>& density) {
  std::vector<Peak> peaks;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double left = bin == 0 ? -1.0 : density[bin - 1];
    const double right = bin + 1 == kBins ? -1.0 : density[bin + 1];
    if (density[bin] > left && density[bin] >= right && density[bin] > 0.0)
      peaks.push_back({bin, 0, kBins - 1});
  }
  for (std::size_t i = 0; i + 1 < peaks.size();) {
    const auto from = density.begin() + static_cast<std::ptrdiff_t>(peaks[i].top);
    const auto to = density.begin() + static_cast<std::ptrdiff_t>(peaks[i + 1].top);
    const auto valley = std::min_element(from, to + 1);
    if (*valley <= kValley * std::min(*from, *to)) {
      const auto bin = static_cast<std::size_t>(valley - density.begin());
      peaks[i].last = bin;
      peaks[i + 1].first = bin;
      ++i;
    } else {
      // No valley: the lower one is a shoulder of the higher one. Look again at the neighbour before.
      peaks.erase(peaks.begin() + static_cast<std::ptrdiff_t>(*from < *to ? i : i + 1));
      if (i > 0) --i;
    }
  }
  return peaks;
}

}  // namespace

std::vector<Mode> find_modes(const BinCounts& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (total <= 0.0) return {};
  const std::vector<double> density = smooth(counts);
  std::vector<Mode> modes;
  for (const Peak& peak : find_peaks(density)) {
    double mass = 0.0, spread = 0.0, near = 0.0;
    for (std::size_t bin = peak.first; bin <= peak.last; ++bin) mass += counts[bin];
    if (mass < kSmallestMass * total) continue;
    // Spread around the top, from the side where the density falls off faster (the other may hide a neighbour).
    std::array<double, 2> side_sd{};
    for (int side = 0; side < 2; ++side) {
      spread = near = 0.0;
      for (std::size_t bin = peak.first; bin <= peak.last; ++bin) {
        if ((side == 0) == (bin <= peak.top)) {
          const double distance = static_cast<double>(bin) - static_cast<double>(peak.top);
          spread += counts[bin] * distance * distance;
          near += counts[bin];
        }
      }
      side_sd[static_cast<std::size_t>(side)] = near > 0.05 * mass ? std::sqrt(spread / near) : 1e9;
    }
    modes.push_back({static_cast<double>(peak.top),
                     std::clamp(std::min(side_sd[0], side_sd[1]), 5.0, 40.0), mass / total});
  }
  return modes;
}

std::vector<PlacedLevel> place_levels(const MarkerDesign& marker, const BinCounts& parent,
                                      const std::vector<Mode>& pool_modes) {
  const std::size_t levels = marker.levels.size();
  std::vector<Mode> modes = find_modes(parent);
  if (modes.empty()) modes = pool_modes;
  if (modes.empty()) modes = {{128.0, 20.0, 1.0}};
  std::vector<PlacedLevel> placed(levels);
  const auto at_mode = [](const Mode& mode, bool seen) {
    return PlacedLevel{mode.position, mode.sd, seen};
  };
  if (modes.size() >= levels) {
    // Lowest and highest are the ends; a level between them is the largest mode there.
    placed.front() = at_mode(modes.front(), true);
    placed.back() = at_mode(modes.back(), true);
    if (levels == 2 && !marker.highest_is_bright) {
      const auto largest =
          std::max_element(modes.begin() + 1, modes.end(),
                           [](const Mode& a, const Mode& b) { return a.mass < b.mass; });
      placed.back() = at_mode(*largest, true);
    }
    for (std::size_t l = 1; l + 1 < levels; ++l) {
      placed[l] = at_mode(modes[l * (modes.size() - 1) / (levels - 1)], true);
    }
    return placed;
  }
  if (levels == 2) {
    const Mode& only = modes.front();
    const double gap = std::max(3.5 * only.sd, 25.0);
    const Mode* below = nullptr;
    const Mode* above = nullptr;
    for (const Mode& mode : pool_modes) {
      if (mode.position < only.position - 2.0 * only.sd && below == nullptr) below = &mode;
      if (mode.position > only.position + 2.5 * only.sd) above = &mode;
    }
    if (below != nullptr && marker.lowest_is_negative && !marker.highest_is_bright) {
      return {at_mode(*below, false), at_mode(only, true)};
    }
    PlacedLevel high = above != nullptr ? at_mode(*above, false)
                                        : PlacedLevel{only.position + gap, only.sd, false};
    if (!marker.lowest_is_negative && below == nullptr) {
      // Low against positive within one broad mode.
      return {{quantile(parent, 0.1), only.sd * 0.7, true},
              {quantile(parent, 0.7), only.sd * 0.7, true}};
    }
    return {at_mode(only, true), high};
  }
  // Three or more levels in one or two modes: spread over the range that the parent shows.
  const double low = std::min(modes.front().position, quantile(parent, 0.03));
  const double high = std::max(modes.back().position, quantile(parent, 0.97));
  for (std::size_t l = 0; l < levels; ++l) {
    const double share = static_cast<double>(l) / static_cast<double>(levels - 1);
    placed[l] = {low + share * (high - low),
                 std::max(5.0, (high - low) / (2.0 * static_cast<double>(levels))), true};
  }
  return placed;
}

}  // namespace gateless
