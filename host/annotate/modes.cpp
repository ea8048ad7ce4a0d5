// Modes of a marker's density: peaks told apart by valleys that counting noise does not explain.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>

#include "host/annotate/level_placing.hpp"
#include "host/core/distribution.hpp"

namespace gateless::annotate {
namespace {

constexpr double kValley = 0.8;  // of the lower peak
constexpr double kSmallestMass = 0.005;
constexpr double kSureValley =
    2.0;  // standard errors of counting between a valley and its lower peak
constexpr double kFewestOfStratum = 30.0;

struct Peak {
  std::size_t top = 0, first = 0, last = 0;  ///< bins; [first, last] between its valleys
};

double mass_of(const BinCounts& counts, const Peak& peak) {
  double mass = 0.0;
  for (std::size_t bin = peak.first; bin <= peak.last; ++bin) mass += counts[bin];
  return mass;
}

/// Whether the density falls from `peak` to `valley` by more than counting explains. The kernel looks at as many events
/// as a window of 2 sqrt(pi) of its spreads holds.
bool is_valley(double peak, double valley, double smoothing) {
  const double window = 2.0 * std::sqrt(std::numbers::pi) * smoothing;
  return valley <= kValley * peak &&
         (peak - valley) * window >= kSureValley * std::sqrt((peak + valley) * window);
}

std::vector<Peak> find_peaks(const std::vector<double>& density, double smoothing,
                             bool ends_count = false) {
  std::vector<Peak> peaks;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double left = bin == 0 ? -1.0 : density[bin - 1];
    const double right = bin + 1 == kBins ? -1.0 : density[bin + 1];
    if (density[bin] > left && density[bin] >= right && density[bin] > 0.0)
      peaks.push_back({bin, 0, kBins - 1});
  }
  if (!ends_count) {
    if (peaks.size() > 1 && peaks.back().top + 1 == kBins) peaks.pop_back();
    if (peaks.size() > 1 && peaks.front().top == 0) peaks.erase(peaks.begin());
  }
  for (std::size_t i = 0; i + 1 < peaks.size();) {
    const auto from = density.begin() + static_cast<std::ptrdiff_t>(peaks[i].top);
    const auto to = density.begin() + static_cast<std::ptrdiff_t>(peaks[i + 1].top);
    const auto valley = std::min_element(from, to + 1);
    if (is_valley(std::min(*from, *to), *valley, smoothing)) {
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

double smoothing_for(double events) {
  return std::clamp(40.0 / std::cbrt(events), kSmoothing, 12.0);
}

/// Where the density has fallen `spreads` of a normal one from the peak's top, in bins and parts of them; a side is -1
/// or 1. Nothing where the valley comes first.
std::optional<double> fallen_at(const std::vector<double>& density, const Peak& peak,
                                double spreads, int side) {
  const double height = density[peak.top] * std::exp(-0.5 * spreads * spreads);
  std::size_t bin = peak.top;
  while (bin != (side < 0 ? peak.first : peak.last)) {
    const std::size_t next = side < 0 ? bin - 1 : bin + 1;
    if (density[next] <= height) {
      const double part = (density[bin] - height) / (density[bin] - density[next]);
      return static_cast<double>(bin) + side * part;
    }
    bin = next;
  }
  return std::nullopt;
}

/// The middle between a peak's flanks, which noise moves less than its highest bin.
double middle_of(const std::vector<double>& density, const Peak& peak) {
  double sum = 0.0, heights = 0.0;
  for (const double spreads : {0.75, 1.0, 1.25}) {
    const auto left = fallen_at(density, peak, spreads, -1);
    const auto right = fallen_at(density, peak, spreads, 1);
    if (!left || !right) continue;
    sum += 0.5 * (*left + *right);
    heights += 1.0;
  }
  return heights > 0.0 ? sum / heights : static_cast<double>(peak.top);
}

/// The median distance of the events on one side of `middle`, in spreads of a normal density (0.6745 of one).
double spread_beside(const BinCounts& counts, const Peak& peak, double middle, int side) {
  // The part of a bin that lies on this side; a bin is from half a bin below its number to half a bin above.
  const auto beside = [&](std::size_t bin) {
    const double reach = side * (static_cast<double>(bin) - middle) + 0.5;
    return std::clamp(reach, 0.0, 1.0) * counts[bin];
  };
  double half = 0.0;
  for (std::size_t bin = peak.first; bin <= peak.last; ++bin) half += 0.5 * beside(bin);
  double seen = 0.0;
  const std::size_t end = side < 0 ? peak.first : peak.last;
  for (auto bin = static_cast<std::size_t>(std::lround(middle));; side < 0 ? --bin : ++bin) {
    const double events = beside(bin);
    if (seen + events >= half && events > 0.0) {
      const double near = std::max(0.0, side * (static_cast<double>(bin) - middle) - 0.5);
      const double width = side * (static_cast<double>(bin) - middle) + 0.5 - near;
      return (near + width * (half - seen) / events) / 0.6745;
    }
    seen += events;
    if (bin == end) return 0.0;
  }
}

std::vector<Mode> modes_from(const BinCounts& counts, double smallest) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (total <= 0.0) return {};
  const std::vector<double> density = smooth(counts, kSmoothing);
  std::vector<Mode> modes;
  for (const Peak& peak : find_peaks(density, kSmoothing)) {
    const double mass = mass_of(counts, peak);
    double spread = 0.0, near = 0.0;
    if (mass < smallest * total) continue;
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
    Mode mode{static_cast<double>(peak.top),
              std::clamp(std::min(side_sd[0], side_sd[1]), 5.0, 40.0), mass / total};
    mode.left = std::clamp(side_sd[0] < 1e9 ? side_sd[0] : side_sd[1], 5.0, 60.0);
    mode.right = std::clamp(side_sd[1] < 1e9 ? side_sd[1] : side_sd[0], 5.0, 60.0);
    modes.push_back(mode);
  }
  return modes;
}

}  // namespace

std::vector<double> smooth(const BinCounts& counts, double smoothing) {
  const int reach = static_cast<int>(3 * smoothing);
  std::vector<double> kernel;
  for (int i = -reach; i <= reach; ++i)
    kernel.push_back(std::exp(-0.5 * i * i / (smoothing * smoothing)));
  return smoothed(counts, kernel, Ends::kCut);
}

std::vector<Mode> find_modes(const BinCounts& counts) { return modes_from(counts, kSmallestMass); }

std::optional<Mode> find_rare_mode(const BinCounts& counts, const Mode& only) {
  constexpr double kSmallestShare = 0.001, kFewest = 50.0;
  constexpr double kApart = 3.0;      // mean spreads on either side
  constexpr double kNarrowest = 0.4;  // of the spread of the rest: narrower is a spike
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const std::vector<Mode> modes = modes_from(counts, std::max(kSmallestShare, kFewest / total));
  if (modes.size() != 2) return std::nullopt;
  const Mode& rare = modes.back();
  const bool stands_apart = rare.position - only.position > kApart * (rare.sd + only.sd);
  return stands_apart && rare.sd > kNarrowest * only.sd ? std::optional(rare) : std::nullopt;
}

Mode bulk_of(const BinCounts& counts, bool may_be_zeros) {
  const std::vector<double> density = smooth(counts, 1.5 * kSmoothing);
  const auto top =
      static_cast<std::size_t>(std::max_element(density.begin(), density.end()) - density.begin());
  double below = 0.5 * counts[top];
  for (std::size_t bin = 0; bin < top; ++bin) below += counts[bin];
  // The median distance of the events below: 0.6745 spreads of a normal density.
  double seen = 0.5 * counts[top];
  std::size_t bin = top;
  while (bin > 0 && seen < 0.5 * below) seen += counts[--bin];
  double sd = static_cast<double>(top - bin) / 0.6745;
  if (may_be_zeros && sd < kOwnFlank)
    sd = spread_beside(counts, {top, 0, kBins - 1}, static_cast<double>(top), 1);
  return {static_cast<double>(top), std::clamp(sd, 5.0, 60.0), 1.0};
}

bool are_zeros(const BinCounts& counts) {
  constexpr double kLowEnd = static_cast<double>(kBins) / 8.0;
  const Mode bulk = bulk_of(counts);
  return bulk.sd < kOwnFlank && bulk.position < kLowEnd;
}

std::optional<Mode> main_mode(const BinCounts& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (total < kFewestOfStratum) return std::nullopt;
  const double smoothing = smoothing_for(total);
  const std::vector<double> density = smooth(counts, smoothing);
  std::optional<Mode> largest;
  for (const Peak& peak : find_peaks(density, smoothing)) {
    const double mass = mass_of(counts, peak);
    if (largest && mass / total <= largest->mass) continue;
    largest = Mode{middle_of(density, peak), 0.0, mass / total};
    largest->left = spread_beside(counts, peak, largest->position, -1);
    largest->right = spread_beside(counts, peak, largest->position, 1);
    largest->sd = std::clamp(std::min(largest->left, largest->right), 5.0, 40.0);
  }
  return largest;
}

std::vector<Mode> find_tops(const BinCounts& counts, bool ends_count) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (total < kFewestOfStratum) return {};
  const double smoothing = smoothing_for(total);
  const std::vector<double> density = smooth(counts, smoothing);
  std::vector<Mode> tops;
  for (const Peak& peak : find_peaks(density, smoothing, ends_count)) {
    const double mass = mass_of(counts, peak);
    // One spread from its top a normal density has fallen to e^-1/2.
    const double fallen = density[peak.top] * std::exp(-0.5);
    std::size_t left = peak.top, right = peak.top;
    while (left > peak.first && density[left] > fallen) --left;
    while (right < peak.last && density[right] > fallen) ++right;
    const auto flank = [&](std::size_t end) {
      const double spread = static_cast<double>(std::max(end, peak.top) - std::min(end, peak.top));
      return std::clamp(std::sqrt(std::max(0.0, spread * spread - smoothing * smoothing)), 5.0,
                        40.0);
    };
    const bool has_left = density[left] <= fallen, has_right = density[right] <= fallen;
    if (!has_left && !has_right) continue;
    Mode mode{static_cast<double>(peak.top), 0.0, mass / total};
    mode.left = flank(has_left ? left : right);
    mode.right = flank(has_right ? right : left);
    if (!has_left) mode.left = mode.right;
    if (!has_right) mode.right = mode.left;
    mode.sd = std::min(mode.left, mode.right);
    tops.push_back(mode);
  }
  return tops;
}

}  // namespace gateless::annotate
