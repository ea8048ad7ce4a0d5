// Where the border lies between two modes of a density, or above one.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/one_mode.hpp"

namespace gateless::annotate {
namespace {

/// The largest stratum that holds the lower mode and nothing else.
const BinCounts* stratum_alone(const std::vector<BinCounts>& strata, const Mode& lower,
                               const Mode& upper) {
  constexpr double kFewest = 400.0, kOfUpper = 0.005;
  const BinCounts* alone = nullptr;
  double largest = kFewest;
  for (const BinCounts& counts : strata) {
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (total < largest) continue;
    const std::optional<Mode> mode = main_mode(counts);
    if (!mode || std::abs(mode->position - lower.position) > 0.5 * lower.sd) continue;
    double above = 0.0;
    for (auto bin = static_cast<std::size_t>(upper.position); bin < kBins; ++bin)
      above += counts[bin];
    if (above > kOfUpper * total) continue;
    largest = total;
    alone = &counts;
  }
  return alone;
}

/// The upper flank of the lower mode in a stratum that holds nothing else: from its 97.5 % point.
std::optional<double> flank_of_stratum(const std::vector<BinCounts>& strata, const Mode& lower,
                                       const Mode& upper) {
  constexpr double kShare = 0.975, kReach = 1.96;
  const BinCounts* alone = stratum_alone(strata, lower, upper);
  if (alone == nullptr) return std::nullopt;
  return std::max(1.0, (quantile(*alone, kShare) - lower.position) / kReach);
}

}  // namespace

double doubt_between(double lower_sd, double upper_sd, double gap) {
  return std::max(1.0, 1.7 * lower_sd * upper_sd / gap);
}

LevelBorder border_between(const ParentDensity& parent, const Mode& lower, const Mode& upper,
                           bool is_graded) {
  constexpr double kEdge = 1.645;  // spreads of the lower mode
  constexpr double kCrowded = 2.0, kNoise = 0.02;
  constexpr double kOverlap = 2.0;  // spreads from either mode to where they meet
  // Of the lower mode's events, below its top: fewer, and dim cells lie above it.
  constexpr double kFlank = 0.4;
  constexpr double kFloor = 1.1;         // of the valley, ...
  constexpr double kFloorOfPeak = 0.05;  // ... and so much of the lower peak: as low as the valley
  const std::vector<double> density = smooth(parent.events, kSmoothing);
  const auto from = static_cast<std::size_t>(lower.position);
  const auto to = static_cast<std::size_t>(upper.position);
  const auto valley = static_cast<std::size_t>(
      std::min_element(density.begin() + static_cast<std::ptrdiff_t>(from),
                       density.begin() + static_cast<std::ptrdiff_t>(to) + 1) -
      density.begin());
  double below = 0.0, all = 0.0;
  for (std::size_t bin = 0; bin <= valley; ++bin) {
    all += parent.events[bin];
    if (bin < from) below += parent.events[bin];
  }
  const bool has_dim_cells = below < kFlank * all;
  if (has_dim_cells && lower.left < kOwnFlank) return {};
  // One spread from its top a normal density has fallen to e^-1/2; beyond the valley lies the other mode.
  const auto flank = [&](std::size_t top, std::size_t end) {
    std::size_t bin = top;
    while (bin != end && density[bin] > density[top] * std::exp(-0.5)) end > top ? ++bin : --bin;
    return std::max(1.0, std::abs(static_cast<double>(bin) - static_cast<double>(top)));
  };
  const double left = flank(to, valley);
  const double right = flank_of_stratum(parent.strata, lower, upper).value_or(flank(from, valley));
  const double gap = upper.position - lower.position;
  const double edge = lower.position + kEdge * std::min(right, flank(from, 0));
  double meet = lower.position + gap * right / (right + left);
  // More cells there than the two modes account for: a population of its own, positive though dim.
  const double z = gap / (right + left);
  const double expected = (density[from] + density[to]) * std::exp(-0.5 * z * z);
  const double smaller = std::min(density[from], density[to]);
  const bool is_crowded =
      density[static_cast<std::size_t>(meet)] > kCrowded * expected + kNoise * smaller;
  if (is_graded || has_dim_cells || is_crowded || z < kOverlap) meet = std::min(meet, edge);
  const double floor = kFloor * density[valley] + kFloorOfPeak * smaller;
  std::size_t first = valley, last = valley;
  while (first > from && density[first - 1] <= floor) --first;
  while (last < to && density[last + 1] <= floor) ++last;
  return {std::clamp(meet, static_cast<double>(first), static_cast<double>(last)),
          doubt_between(right, left, gap)};
}

std::optional<double> end_in_stratum(const std::vector<BinCounts>& strata, const Mode& lower,
                                     const Mode& upper) {
  constexpr double kShare = 0.99;
  const BinCounts* alone = stratum_alone(strata, lower, upper);
  if (alone == nullptr) return std::nullopt;
  return quantile(*alone, kShare);
}

std::optional<double> end_by_lower_flank(const BinCounts& counts, const Mode& mode,
                                         const std::vector<double>& linear) {
  constexpr double kLowest = 0.02;  // of the events below the top: as many as 1 % of all lie above
  constexpr double kReach = 2.33;   // spreads
  constexpr double kMuchWider = 1.8;
  if (linear.empty() || mode.right < kOwnFlank) return std::nullopt;
  const auto top = static_cast<std::size_t>(mode.position);
  BinCounts below{};
  std::copy_n(counts.begin(), top + 1, below.begin());
  const double reach = linear[top] - linear[static_cast<std::size_t>(quantile(below, kLowest))];
  const auto flank =
      static_cast<std::size_t>(std::min(kBins - 1.0, std::round(mode.position + mode.right)));
  if (linear[flank] - linear[top] <= kMuchWider * reach / kReach) return std::nullopt;
  const auto end = std::lower_bound(linear.begin() + static_cast<std::ptrdiff_t>(top),
                                    linear.end() - 1, linear[top] + reach);
  return static_cast<double>(end - linear.begin());
}

double leaves_mode_at(const BinCounts& counts, const Mode& mode) {
  constexpr double kFrom = 1.645, kUpTo = 3.3, kHolds = 0.5;
  const std::vector<double> density = smooth(counts, kSmoothing);
  const auto at_bin = [&](double bin) {
    return density[std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, bin)))];
  };
  double at = mode.position + kFrom * mode.sd;
  while (at < mode.position + kUpTo * mode.sd && at_bin(at + mode.sd) < kHolds * at_bin(at))
    at += 1.0;
  return at;
}

}  // namespace gateless::annotate
