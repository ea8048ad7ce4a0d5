#include "host/preprocess/time_steps.hpp"

#include <algorithm>
#include <cmath>

#include "host/core/distribution.hpp"

namespace gateless::preprocess {
namespace {

constexpr double kLeastShare = 0.03;
constexpr double kMostShare = 0.5;
constexpr double kFewestBins = 20;
constexpr double kSurely = 8.0;     ///< standard errors
constexpr std::size_t kBeside = 5;  ///< bins on either side of a step
constexpr double kBetter = 0.8;     ///< of the squares that a line leaves
constexpr double kStepShare = 0.6;  ///< of the difference, within those bins

double mean(const std::vector<double>& sums, std::size_t first, std::size_t last) {
  return (sums[last] - sums[first]) / static_cast<double>(last - first);
}

/// Noise of a bin by its neighbour, which no step and no drift moves.
double noise_of(const std::vector<double>& series) {
  std::vector<double> steps;
  for (std::size_t bin = 1; bin < series.size(); ++bin)
    steps.push_back(std::fabs(series[bin] - series[bin - 1]));
  return upper_median(steps) / 0.6745 / std::sqrt(2.0);
}

/// How far the series moves at `bin`, upwards or downwards, by so many bins before and behind it.
double step_at(const std::vector<double>& sums, std::size_t bin, std::size_t before,
               std::size_t behind) {
  const std::size_t first = bin > before ? bin - before : 0;
  const std::size_t last = std::min(bin + behind, sums.size() - 1);
  return mean(sums, bin, last) - mean(sums, first, bin);
}

bool has_steps(const std::vector<double>& sums, const Stretch& stretch) {
  const double least = kStepShare * std::fabs(stretch.difference);
  const double sign = stretch.difference > 0.0 ? 1.0 : -1.0;
  const std::size_t inside = std::min(kBeside, stretch.last - stretch.first);
  const bool starts =
      stretch.first == 0 || sign * step_at(sums, stretch.first, kBeside, inside) >= least;
  const bool ends = stretch.last + 1 == sums.size() ||
                    -sign * step_at(sums, stretch.last, inside, kBeside) >= least;
  return starts && ends;
}

/// Whether two levels tell the series better than a line does: a detector that drifts has no step.
bool is_no_drift(const std::vector<double>& series, const Stretch& stretch) {
  const auto bins = static_cast<double>(series.size());
  double mean_y = 0.0, rise = 0.0, square = 0.0, own = 0.0, rest = 0.0;
  const double mean_x = 0.5 * (bins - 1.0);
  const auto is_inside = [&](std::size_t bin) {
    return bin >= stretch.first && bin < stretch.last;
  };
  const auto inside = static_cast<double>(stretch.last - stretch.first);
  for (std::size_t bin = 0; bin < series.size(); ++bin) {
    const double x = static_cast<double>(bin) - mean_x;
    mean_y += series[bin] / bins;
    rise += x * series[bin];
    square += x * x;
    (is_inside(bin) ? own : rest) += series[bin];
  }
  own /= inside;
  rest /= bins - inside;
  double by_line = 0.0, by_levels = 0.0;
  for (std::size_t bin = 0; bin < series.size(); ++bin) {
    const double x = static_cast<double>(bin) - mean_x;
    const double off_line = series[bin] - mean_y - rise / square * x;
    const double off_level = series[bin] - (is_inside(bin) ? own : rest);
    by_line += off_line * off_line;
    by_levels += off_level * off_level;
  }
  return by_levels < kBetter * by_line;
}

}  // namespace

std::optional<Stretch> find_stretch(const std::vector<double>& series, double least,
                                    double least_sd) {
  const std::size_t bins = series.size();
  if (static_cast<double>(bins) < kFewestBins) return {};
  std::vector<double> sums{0.0};
  for (const double value : series) sums.push_back(sums.back() + value);
  const double sd = std::max(least_sd, noise_of(series));
  const auto shortest =
      std::max<std::size_t>(2, static_cast<std::size_t>(kLeastShare * static_cast<double>(bins)));
  const auto longest = static_cast<std::size_t>(kMostShare * static_cast<double>(bins));
  std::vector<double> per_error(longest + 1);  // of a stretch of each length
  for (std::size_t length = shortest; length <= longest; ++length) {
    const auto inside = static_cast<double>(length);
    const double outside = static_cast<double>(bins) - inside;
    per_error[length] = std::sqrt(inside * outside / (inside + outside));
  }
  Stretch best;
  double most = 0.0;
  for (std::size_t first = 0; first + shortest <= bins; ++first) {
    for (std::size_t last = first + shortest; last <= std::min(first + longest, bins); ++last) {
      const auto inside = static_cast<double>(last - first);
      const double outside = static_cast<double>(bins) - inside;
      const double own = mean(sums, first, last);
      const double rest = (sums[bins] - own * inside) / outside;
      const double errors = std::fabs(own - rest) * per_error[last - first];
      if (errors <= most) continue;
      most = errors;
      best = {first, last, own - rest};
    }
  }
  if (most < kSurely * sd || std::fabs(best.difference) < least || !has_steps(sums, best) ||
      !is_no_drift(series, best))
    return {};
  return best;
}

}  // namespace gateless::preprocess
