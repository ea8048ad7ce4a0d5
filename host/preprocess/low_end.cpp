#include "host/preprocess/low_end.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "host/core/distribution.hpp"
#include "host/preprocess/density.hpp"

namespace gateless::preprocess {
namespace {

constexpr double kPile = 0.003;       ///< of the events, at exactly the lowest value
constexpr double kCutPile = 0.005;    ///< of the events, at exactly 0, and none below
constexpr double kSubstantial = 0.2;  ///< of the highest peak
constexpr double kLongTail = 6.0;  ///< spreads from the negative mode down to the lowest hundredth
constexpr double kSomeTail = 3.5;  ///< where other markers have a long one
constexpr double kKnee = 1.5;      ///< spreads below the mode that stay as they are
constexpr double kOneLevel =
    0.12;  ///< of the scale: what markers' negative modes differ by at most
constexpr double kMostMarkers = 0.4;   ///< show it
constexpr double kSomeMarkers = 0.25;  ///< have positive cells above it
constexpr std::size_t kFewestMarkers = 3;

/// Where one channel's negative cells are torn apart.
struct TornCells {
  std::size_t channel = 0;  ///< of the sample
  double lowest = 0.0;
  double level = 0.0;   ///< the mode of most negative cells
  double spread = 0.0;  ///< above that mode
  bool has_positive_cells = false;
  bool is_clear = false;  ///< else it is only where other markers are
  bool is_marker = false;
};

/// The standard deviation above a peak, by its half height, or up to the next valley.
double spread_above(const Density& density, const std::vector<Peak>& peaks, std::size_t peak) {
  const std::size_t top = peaks[peak].bin;
  const std::size_t end =
      peak + 1 < peaks.size() ? peaks[peak + 1].valley_before : density.height.size() - 1;
  std::size_t bin = top;
  while (bin < end && density.height[bin] > 0.5 * density.height[top]) ++bin;
  return density.step * std::max(1.0, static_cast<double>(bin - top) / 1.1774);
}

/// Two modes on both sides of 0, about as far from it.
bool are_parted_at_zero(double lower, double valley, double upper) {
  const double apart = upper - lower;
  return lower < 0.0 && upper > 0.0 && std::abs(valley) < 0.25 * apart &&
         std::abs(lower + upper) < 0.5 * apart;
}

/// The peak of most negative cells: the first of some height that is neither a pile at the lowest value nor the lower one
/// of two that lie around 0.
std::size_t negative_peak(const Density& density, const std::vector<Peak>& peaks, double lowest,
                          bool has_pile) {
  const double reach = 3.0 * density.kernel * density.step;
  const double highest = *std::max_element(density.height.begin(), density.height.end());
  std::size_t peak = 0;
  for (; peak + 1 < peaks.size(); ++peak) {
    const double centre = density.centre(peaks[peak].bin);
    const bool is_pile = has_pile && centre < lowest + reach;
    const bool is_lower_half = are_parted_at_zero(
        centre, density.centre(peaks[peak + 1].valley_before), density.centre(peaks[peak + 1].bin));
    const bool is_small = density.height[peaks[peak].bin] < kSubstantial * highest;
    if (!is_pile && !is_lower_half && !is_small) break;
  }
  return peak;
}

std::optional<TornCells> look_for_torn_cells(std::span<const float> values) {
  const Density density = estimate_density(values);
  const std::vector<Peak> peaks = find_peaks(density, 0.75);
  if (peaks.empty()) return {};
  const auto lowest = static_cast<double>(
      *std::min_element(values.begin(), values.end(), [](float one, float other) {
        return std::isfinite(one) && (!std::isfinite(other) || one < other);
      }));
  const auto piled = std::count(values.begin(), values.end(), static_cast<float>(lowest));
  const bool has_pile = static_cast<double>(piled) > kPile * static_cast<double>(values.size());
  const std::size_t peak = negative_peak(density, peaks, lowest, has_pile);
  TornCells torn{.lowest = lowest,
                 .level = density.centre(peaks[peak].bin),
                 .spread = spread_above(density, peaks, peak),
                 .has_positive_cells = peak + 1 < peaks.size()};
  const double tail = (torn.level - quantile(values, 0.01)) / torn.spread;
  torn.is_clear = tail >= kLongTail;
  if (tail < kSomeTail) return {};
  return torn;
}

/// Whether the markers agree on where negative cells are, and most show it.
bool do_agree(const std::vector<TornCells>& found, double typical, double span,
              std::size_t markers) {
  std::size_t alike = 0, with_positive_cells = 0;
  for (const TornCells& torn : found) {
    if (!torn.is_marker || !torn.is_clear || std::abs(torn.level - typical) > kOneLevel * span)
      continue;
    ++alike;
    with_positive_cells += torn.has_positive_cells ? 1U : 0U;
  }
  const auto all = static_cast<double>(markers);
  return alike >= kFewestMarkers && static_cast<double>(alike) >= kMostMarkers * all &&
         static_cast<double>(with_positive_cells) >= kSomeMarkers * all;
}

/// What lies below the knee ends half a spread below it, in its order.
void draw_up(std::vector<float>& values, const TornCells& torn) {
  const double knee = torn.level - kKnee * torn.spread;
  if (!(knee > torn.lowest)) return;
  const double share = 0.5 * torn.spread / (knee - torn.lowest);
  for (float& value : values) {
    const double below = knee - static_cast<double>(value);
    if (below > 0.0) value = static_cast<float>(knee - share * below);
  }
}

/// Whether somebody has set the negative values of a linear channel to 0.
bool is_cut_at_zero(std::span<const float> values) {
  std::size_t zeros = 0;
  for (const float value : values) {
    if (value < 0.0F) return false;
    zeros += value == 0.0F ? 1U : 0U;
  }
  return static_cast<double>(zeros) > kCutPile * static_cast<double>(values.size());
}

/// The values at 0 become the lower tail of the negative cells again: as far below their mode as the same number of cells lie
/// above it that are mirrored nowhere else, in no order.
void restore_cut_tail(std::vector<float>& values) {
  const Density density = estimate_density(values);
  const std::vector<Peak> peaks = find_peaks(density, 0.75);
  if (peaks.empty()) return;
  const std::size_t peak = negative_peak(density, peaks, 0.0, true);
  const auto twice = static_cast<float>(2.0 * std::max(0.0, density.centre(peaks[peak].bin)));
  std::vector<float> above;
  std::size_t zeros = 0;
  for (const float value : values) {
    if (value > twice) above.push_back(value);
    zeros += value == 0.0F ? 1U : 0U;
  }
  const std::size_t mirrored = std::min(zeros, above.size());
  if (mirrored == 0) return;
  const auto end = above.begin() + static_cast<std::ptrdiff_t>(mirrored);
  std::nth_element(above.begin(), end - 1, above.end());
  std::sort(above.begin(), end);
  // A stride without a common divisor visits each of them once; the golden ratio spreads neighbours.
  auto stride = static_cast<std::size_t>(0.618 * static_cast<double>(mirrored));
  while (std::gcd(stride, mirrored) != 1) ++stride;
  std::size_t next = 0;
  for (float& value : values) {
    if (value != 0.0F) continue;
    value = twice - above[next];
    next = (next + stride) % mirrored;
  }
}

std::string restore_cut_cells(RawSample& sample, const Panel& panel) {
  std::vector<std::size_t> cut;
  std::size_t cut_markers = 0, markers = 0;
  for (const PanelChannel& channel : panel.channels) {
    const bool is_marker = channel.role == ChannelRole::kMarker;
    if (!is_marker && channel.role != ChannelRole::kViability) continue;
    markers += is_marker ? 1U : 0U;
    if (!is_cut_at_zero(sample.values[channel.channel])) continue;
    cut_markers += is_marker ? 1U : 0U;
    cut.push_back(channel.channel);
  }
  if (cut_markers < kFewestMarkers || 2 * cut_markers < markers) return {};
  for (const std::size_t channel : cut) restore_cut_tail(sample.values[channel]);
  return fmt::format(
      "values below 0 were set to 0 before this file was written: in {} channels the events at 0 "
      "are spread below it as the dim ones above are, so that negative cells are one population; "
      "export linear values uncut for the best result",
      cut.size());
}

}  // namespace

std::string join_negative_cells(RawSample& sample, const Panel& panel, const ValueScale& scale) {
  if (panel.instrument == Instrument::kMass) return {};
  if (scale.is_linear()) return restore_cut_cells(sample, panel);
  std::vector<TornCells> found;
  std::vector<double> levels;
  std::size_t markers = 0;
  for (const PanelChannel& channel : panel.channels) {
    const bool is_marker = channel.role == ChannelRole::kMarker;
    if (!is_marker && channel.role != ChannelRole::kViability) continue;
    markers += is_marker ? 1U : 0U;
    auto torn = look_for_torn_cells(sample.values[channel.channel]);
    if (!torn) continue;
    torn->channel = channel.channel;
    torn->is_marker = is_marker;
    if (is_marker && torn->is_clear) levels.push_back(torn->level);
    found.push_back(*torn);
  }
  const double typical = upper_median(levels);
  if (!do_agree(found, typical, scale.span, markers)) return {};
  for (const TornCells& torn : found) {
    if (std::abs(torn.level - typical) <= kOneLevel * scale.span)
      draw_up(sample.values[torn.channel], torn);
  }
  return fmt::format(
      "the transform of these values tears negative cells apart (a logarithm that cuts them off, "
      "or an arcsinh with a cofactor far below the detector's noise): in {} channels what lies "
      "far below them was drawn up to them; export linear values for the best result",
      std::count_if(found.begin(), found.end(), [&](const TornCells& torn) {
        return std::abs(torn.level - typical) <= kOneLevel * scale.span;
      }));
}

}  // namespace gateless::preprocess
