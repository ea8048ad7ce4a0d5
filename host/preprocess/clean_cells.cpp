// Which particles are single, whole, living cells: beads, doublets, debris and dead cells are told by the shape of
// their channels' distributions. Where no clear shape is found, nothing is dropped.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "host/core/portable_math.hpp"
#include "host/preprocess/apply_transform.hpp"
#include "host/preprocess/clean_steps.hpp"
#include "host/preprocess/density.hpp"

namespace gateless {
namespace {

constexpr double kMassCofactor = 5.0;    ///< arcsinh of ion counts
constexpr double kFlowCofactor = 150.0;  ///< arcsinh of fluorescence, about the noise of a detector

std::vector<float> gather(std::span<const float> values, std::span<const std::uint32_t> events) {
  std::vector<float> result(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) result[i] = values[events[i]];
  return result;
}

std::vector<float> gather_arcsinh(std::span<const float> values,
                                  std::span<const std::uint32_t> events, double cofactor) {
  std::vector<float> result = gather(values, events);
  apply_transform(result, {.kind = TransformKind::kArcsinh, .cofactor = cofactor});
  return result;
}

/// The events whose value is above `cut`.
std::vector<std::uint32_t> above(std::span<const float> values,
                                 std::span<const std::uint32_t> events, double cut) {
  std::vector<std::uint32_t> result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (static_cast<double>(values[i]) > cut) result.push_back(events[i]);
  }
  return result;
}

std::vector<std::uint32_t> below(std::span<const float> values,
                                 std::span<const std::uint32_t> events, double cut) {
  std::vector<std::uint32_t> result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (static_cast<double>(values[i]) < cut) result.push_back(events[i]);
  }
  return result;
}

/// Where outliers above the main mode begin: the valley before a second peak, if one lies 2.5 to 6 spreads away,
/// else 4 spreads, measured on the side that outliers do not reach.
std::optional<double> upper_fence(std::span<const float> values) {
  const Density density = estimate_density(values);
  if (density.height.empty()) return std::nullopt;
  const Mode mode = main_mode(density);
  for (const Peak& peak : find_peaks(density, 0.8)) {
    const double valley = density.centre(peak.valley_before);
    if (valley > mode.centre + 2.5 * mode.spread_below &&
        valley < mode.centre + 6.0 * mode.spread_below)
      return valley;
  }
  return mode.centre + 4.0 * mode.spread_below;
}

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
      medians.emplace_back(static_cast<double>(points[(first + last) / 2].first), median_of(part));
  }
  std::vector<double> slopes;
  for (std::size_t i = 0; i < medians.size(); ++i) {
    for (std::size_t j = i + 1; j < medians.size(); ++j) {
      const double run = medians[j].first - medians[i].first;
      if (run > 0.0) slopes.push_back((medians[j].second - medians[i].second) / run);
    }
  }
  Ridge ridge{median_of(slopes), 0.0};
  std::vector<double> offsets;
  for (const auto& [mx, my] : medians) offsets.push_back(my - ridge.slope * mx);
  ridge.offset = median_of(offsets);
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

void drop_flow_doublets(Cleaning& cleaning) {
  const std::vector<std::uint32_t> events = cleaning.kept();
  std::vector<float> forward = pulse_excess(cleaning, ChannelRole::kForward, events);
  if (forward.empty()) {
    cleaning.notes.push_back(
        "doublet: not judged, no area with height or width of the forward scatter");
    return;
  }
  const std::optional<double> fence = upper_fence(forward);
  if (!fence) return;
  std::vector<std::uint32_t> doublets = above(forward, events, *fence);
  cleaning.notes.push_back(
      fmt::format("doublet: forward scatter area above {:.3f} of its ridge", 1.0 + *fence));
  const std::vector<float> side = pulse_excess(cleaning, ChannelRole::kSide, events);
  if (!side.empty()) {
    const Density side_density = estimate_density(side);
    const Density forward_density = estimate_density(forward);
    if (!side_density.height.empty() && !forward_density.height.empty()) {
      // Both in their own spreads: two weak signs that agree are as good as a strong one.
      const double f = 1.0 / main_mode(forward_density).spread_below;
      const double s = 1.0 / main_mode(side_density).spread_below;
      for (std::size_t i = 0; i < events.size(); ++i) {
        const double joint = static_cast<double>(forward[i]) * f + static_cast<double>(side[i]) * s;
        forward[i] = static_cast<float>(joint);
      }
      if (const auto joint = upper_fence(forward)) merge(doublets, above(forward, events, *joint));
    }
  }
  cleaning.drop(DropReason::kDoublet, doublets);
}

void drop_mass_doublets(Cleaning& cleaning) {
  const std::vector<std::uint32_t> events = cleaning.kept();
  std::vector<const PanelChannel*> signs = cleaning.find_all(ChannelRole::kDna);
  if (const PanelChannel* length = cleaning.find(ChannelRole::kEventLength))
    signs.push_back(length);
  for (const PanelChannel* channel : cleaning.find_all(ChannelRole::kGaussian)) {
    if (channel->name.find("esidual") != std::string::npos) signs.push_back(channel);
  }
  if (signs.empty()) {
    cleaning.notes.push_back("doublet: not judged, no DNA, event length or Gaussian residual");
    return;
  }
  std::vector<std::uint32_t> doublets;
  for (const PanelChannel* sign : signs) {
    const std::vector<float> values = gather_arcsinh(cleaning.values(*sign), events, kMassCofactor);
    const std::optional<double> fence = upper_fence(values);
    if (!fence) continue;
    cleaning.notes.push_back(fmt::format("doublet: {} above {:.4g}", sign->name,
                                         kMassCofactor * portable::sinh(*fence)));
    merge(doublets, above(values, events, *fence));
  }
  cleaning.drop(DropReason::kDoublet, doublets);
}

void drop_flow_debris(Cleaning& cleaning) {
  const PanelChannel* scatter = cleaning.scatter(ChannelRole::kForward);
  if (scatter == nullptr) {
    cleaning.notes.push_back("debris: not judged, no forward scatter");
    return;
  }
  const std::vector<std::uint32_t> events = cleaning.kept();
  const std::vector<float> values = gather(cleaning.values(*scatter), events);
  const Density density = estimate_density(values);
  const std::vector<Peak> peaks = find_peaks(density, 0.75);
  // Lymphocytes have half the forward scatter of granulocytes; what has less than 0.4 of the main peak is no cell.
  std::optional<double> cut;
  if (!peaks.empty()) {
    const double cells = main_mode(density).centre;
    for (std::size_t i = 1; i < peaks.size() && density.centre(peaks[i - 1].bin) < 0.4 * cells;
         ++i) {
      cut = density.centre(peaks[i].valley_before);
    }
  }
  if (!cut) {
    cleaning.notes.push_back(
        fmt::format("debris: no valley at low {}, nothing dropped", scatter->name));
    return;
  }
  const std::vector<std::uint32_t> debris = below(values, events, *cut);
  const double fraction = static_cast<double>(debris.size()) / static_cast<double>(events.size());
  if (fraction > cleaning.options.warn_fraction) {
    cleaning.warnings.push_back(
        fmt::format("{:.0f} % of the events lie below the valley of {} at {:.4g}: too many "
                    "to be debris without doubt, they are kept",
                    100.0 * fraction, scatter->name, *cut));
    return;
  }
  cleaning.notes.push_back(fmt::format("debris: {} below {:.4g}", scatter->name, *cut));
  cleaning.drop(DropReason::kDebris, debris);
}

void drop_mass_debris(Cleaning& cleaning) {
  const PanelChannel* dna = cleaning.find(ChannelRole::kDna);
  if (dna == nullptr) {
    cleaning.notes.push_back("debris: not judged, no DNA channel");
    return;
  }
  const std::vector<std::uint32_t> events = cleaning.kept();
  std::vector<float> values = gather_arcsinh(cleaning.values(*dna), events, kMassCofactor);
  for (float& value : values) value = -value;
  const std::optional<double> fence = upper_fence(values);
  if (!fence) return;
  cleaning.notes.push_back(
      fmt::format("debris: {} below {:.4g}", dna->name, kMassCofactor * portable::sinh(-*fence)));
  cleaning.drop(DropReason::kDebris, above(values, events, *fence));
}

}  // namespace

void drop_beads(Cleaning& cleaning) {
  const std::vector<const PanelChannel*> channels = cleaning.find_all(ChannelRole::kBead);
  if (cleaning.panel.instrument != Instrument::kMass || channels.empty()) return;
  constexpr double kBright =
      4.0;  // 136 counts: no background reaches it in all bead metals at once
  constexpr double kDark = 2.0;
  const std::vector<std::uint32_t> events = cleaning.kept();
  std::vector<float> least(events.size(), INFINITY);  // of the bead metals
  for (const PanelChannel* channel : channels) {
    const std::vector<float> values =
        gather_arcsinh(cleaning.values(*channel), events, kMassCofactor);
    for (std::size_t i = 0; i < events.size(); ++i) least[i] = std::min(least[i], values[i]);
  }
  std::vector<float> bright;
  for (const float value : least) {
    if (static_cast<double>(value) > kBright) bright.push_back(value);
  }
  if (bright.size() < 20) {
    cleaning.notes.push_back("bead: none found");
    return;
  }
  // A bead is a third as bright at the least as the typical bead.
  const double cut = std::max(kDark, quantile(bright, 0.5) - 1.5);
  cleaning.notes.push_back(
      fmt::format("bead: all bead channels above {:.4g}", kMassCofactor * portable::sinh(cut)));
  cleaning.drop(DropReason::kBead, above(least, events, cut));
}

void drop_doublets(Cleaning& cleaning) {
  if (cleaning.panel.instrument == Instrument::kFlow) {
    drop_flow_doublets(cleaning);
  } else {
    drop_mass_doublets(cleaning);
  }
}

void drop_debris(Cleaning& cleaning) {
  if (cleaning.panel.instrument == Instrument::kFlow) {
    drop_flow_debris(cleaning);
  } else {
    drop_mass_debris(cleaning);
  }
}

void drop_dead(Cleaning& cleaning) {
  const std::vector<const PanelChannel*> channels = cleaning.find_all(ChannelRole::kViability);
  if (channels.empty()) {
    cleaning.notes.push_back("dead: not judged, no viability channel");
    return;
  }
  const double cofactor =
      cleaning.panel.instrument == Instrument::kFlow ? kFlowCofactor : kMassCofactor;
  for (const PanelChannel* channel : channels) {
    const std::vector<std::uint32_t> events = cleaning.kept();
    const std::vector<float> values = gather_arcsinh(cleaning.values(*channel), events, cofactor);
    const Density density = estimate_density(values);
    const std::vector<Peak> peaks = find_peaks(density, 0.75);
    // Living cells: the first peak of some height. Dead ones take up 4.5 times the dye or more (1.5 on this scale);
    // what lies nearer may be cells that glow by themselves.
    std::optional<double> cut;
    std::optional<double> living;
    for (const Peak& peak : peaks) {
      const double centre = density.centre(peak.bin);
      if (!living) {
        if (density.height[peak.bin] >
            0.2 * *std::max_element(density.height.begin(), density.height.end()))
          living = centre;
      } else if (centre > *living + 1.5) {
        cut = density.centre(peak.valley_before);
        break;
      }
    }
    if (!cut) {
      cleaning.notes.push_back(fmt::format(
          "dead: no valley above the living cells in {}, nothing dropped", channel->name));
      continue;
    }
    cleaning.notes.push_back(
        fmt::format("dead: {} above {:.4g}", channel->name, cofactor * portable::sinh(*cut)));
    cleaning.drop(DropReason::kDead, above(values, events, *cut));
  }
}

}  // namespace gateless
