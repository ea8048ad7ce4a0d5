// Two cells in one pulse: more area than the height predicts (flow), or twice the DNA (mass).
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "host/core/distribution.hpp"
#include "host/core/portable_math.hpp"
#include "host/preprocess/clean_steps.hpp"
#include "host/preprocess/density.hpp"
#include "host/preprocess/outliers.hpp"

namespace gateless::preprocess {
namespace {

/// Two cells side by side have 1.3 to 2 times the area under one height.
constexpr double kLeastExcess = 0.12;
/// Two cells have twice the ions: ln 2 on the arcsinh scale, less their spread.
constexpr double kLeastMassDistance = 0.4;

/// A straight ridge y = slope x + offset.
struct Ridge {
  double slope = 0.0;
  double offset = 0.0;
};

/// Fits medians of y in 20 bins of equal number along x (Theil-Sen: the median of all slopes).
Ridge fit_ridge(std::span<const float> x, std::span<const float> y) {
  constexpr std::size_t kBins = 20;
  constexpr std::size_t kLimit = 20'000;
  const std::size_t stride = std::max<std::size_t>(1, x.size() / kLimit);
  std::vector<std::pair<float, float>> points;
  for (std::size_t i = 0; i < x.size(); i += stride) points.emplace_back(x[i], y[i]);
  std::sort(points.begin(), points.end());
  std::vector<std::pair<double, double>> medians;
  std::vector<double> part;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const std::size_t first = bin * points.size() / kBins;
    const std::size_t last = (bin + 1) * points.size() / kBins;
    part.clear();
    for (std::size_t i = first; i < last; ++i)
      part.push_back(static_cast<double>(points[i].second));
    if (!part.empty())
      medians.emplace_back(static_cast<double>(points[(first + last) / 2].first),
                           upper_median(part));
  }
  std::vector<double> slopes;
  for (std::size_t i = 0; i < medians.size(); ++i) {
    for (std::size_t j = i + 1; j < medians.size(); ++j) {
      const double run = medians[j].first - medians[i].first;
      if (run > 0.0) slopes.push_back((medians[j].second - medians[i].second) / run);
    }
  }
  Ridge ridge{upper_median(slopes), 0.0};
  std::vector<double> offsets;
  for (const auto& [mx, my] : medians) offsets.push_back(my - ridge.slope * mx);
  ridge.offset = upper_median(offsets);
  return ridge;
}

/// How far the pulse's area exceeds what its height predicts, as a fraction; without a height, how far its width
/// exceeds what its area predicts. Empty where the channels are not there.
std::vector<float> pulse_excess(const Cleaning& cleaning, ChannelRole role,
                                std::span<const std::uint32_t> events) {
  const PanelChannel* area = cleaning.find(role, PulseShape::kArea);
  const PanelChannel* height = cleaning.find(role, PulseShape::kHeight);
  const PanelChannel* width = cleaning.find(role, PulseShape::kWidth);
  const PanelChannel* from = height != nullptr ? height : area;
  const PanelChannel* what = height != nullptr ? area : width;
  if (area == nullptr || from == nullptr || what == nullptr || from == what) return {};
  const std::vector<float> x = gather(cleaning.values(*from), events);
  const std::vector<float> y = gather(cleaning.values(*what), events);
  const Ridge ridge = fit_ridge(x, y);
  std::vector<float> excess(events.size());
  const double least = 0.05 * std::max(quantile(y, 0.5), std::numeric_limits<double>::min());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const double predicted =
        std::max(ridge.slope * static_cast<double>(x[i]) + ridge.offset, least);
    excess[i] = static_cast<float>(static_cast<double>(y[i]) / predicted - 1.0);
  }
  return excess;
}

void merge(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& more) {
  std::vector<std::uint32_t> both;
  std::set_union(into.begin(), into.end(), more.begin(), more.end(), std::back_inserter(both));
  into = std::move(both);
}

std::vector<std::uint32_t> intersection(const std::vector<std::uint32_t>& a,
                                        const std::vector<std::uint32_t>& b) {
  std::vector<std::uint32_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

void drop_flow_doublets(Cleaning& cleaning) {
  const std::vector<std::uint32_t> events = cleaning.kept();
  const std::vector<float> forward = pulse_excess(cleaning, ChannelRole::kForward, events);
  const std::optional<Fence> fence = upper_fence(forward, kLeastExcess);
  if (!fence) {
    cleaning.notes.push_back(
        "doublet: not judged, no area with height or width of the forward scatter");
    return;
  }
  cleaning.notes.push_back(
      fmt::format("doublet: forward scatter area above {:.3f} of its ridge", 1.0 + fence->strong));
  std::vector<std::uint32_t> doublets = above(forward, events, fence->strong);
  const std::vector<float> side = pulse_excess(cleaning, ChannelRole::kSide, events);
  if (const std::optional<Fence> side_fence = upper_fence(side, kLeastExcess)) {
    merge(doublets, intersection(above(forward, events, fence->weak),
                                 above(side, events, side_fence->strong)));
  }
  cleaning.drop(DropReason::kDoublet, doublets);
}

/// Events above the strong and above the weak bound of any of the channels.
struct Outliers {
  std::vector<std::uint32_t> strong, weak;
};

Outliers mass_outliers(Cleaning& cleaning, std::span<const PanelChannel* const> channels,
                       std::span<const std::uint32_t> events, Side side) {
  Outliers result;
  for (const PanelChannel* channel : channels) {
    const std::vector<float> values = gather_counts(cleaning.values(*channel), events);
    const std::optional<Fence> fence = upper_fence(values, kLeastMassDistance, side);
    if (!fence) continue;
    merge(result.strong, above(values, events, fence->strong));
    merge(result.weak, above(values, events, fence->weak));
    cleaning.notes.push_back(fmt::format("doublet: {} above {:.4g}", channel->name,
                                         kMassCofactor * portable::sinh(fence->strong)));
  }
  return result;
}

void drop_mass_doublets(Cleaning& cleaning) {
  const std::vector<const PanelChannel*> dna = cleaning.find_all(ChannelRole::kDna);
  std::vector<const PanelChannel*> pulse = cleaning.find_all(ChannelRole::kEventLength);
  for (const PanelChannel* channel : cleaning.find_all(ChannelRole::kGaussian)) {
    if (channel->name.find("esidual") != std::string::npos) pulse.push_back(channel);
  }
  if (dna.empty() && pulse.empty()) {
    cleaning.notes.push_back("doublet: not judged, no DNA, event length or Gaussian residual");
    return;
  }
  const std::vector<std::uint32_t> events = cleaning.kept();
  Outliers by_dna = mass_outliers(cleaning, dna, events, Side::kLarger);
  const Outliers by_pulse = mass_outliers(cleaning, pulse, events, Side::kBelow);
  // Long or uneven pulses also come from single cells: where there is DNA, it has to agree.
  merge(by_dna.strong, dna.empty() ? by_pulse.strong : intersection(by_pulse.strong, by_dna.weak));
  cleaning.drop(DropReason::kDoublet, by_dna.strong);
}

}  // namespace

void drop_doublets(Cleaning& cleaning) {
  if (cleaning.panel.instrument == Instrument::kFlow) {
    drop_flow_doublets(cleaning);
  } else {
    drop_mass_doublets(cleaning);
  }
}

}  // namespace gateless::preprocess
