// Which particles are whole, living cells: beads, debris and dead cells are told by the valleys in the distributions of
// their channels. Where there is no clear valley, nothing is dropped.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/core/portable_math.hpp"
#include "host/preprocess/clean_steps.hpp"
#include "host/preprocess/density.hpp"
#include "host/preprocess/outliers.hpp"

namespace gateless::preprocess {
namespace {

constexpr double kFlowCofactor = 150.0;  ///< arcsinh of fluorescence, about the noise of a detector

/// Of a scale that values were transformed to: what a factor of 4.5 is on arcsinh(x/150), whose scale spans about 10.
constexpr double kShareOfScale = 0.15;

constexpr double kSmallestUsualTop = 26214.4;  ///< a tenth of the usual range of 2^18

/// The cofactor for a linear fluorescence channel: smaller where the whole scale is, as in percent or divided by the range.
double flow_cofactor(const Cleaning& cleaning, const PanelChannel& channel) {
  const double range = cleaning.sample.channels[channel.channel].range;
  const double top = std::max(range, 5.0 * cleaning.scale.span);
  return kFlowCofactor * std::min(1.0, top / kSmallestUsualTop);
}

/// A cell with less than a third of the typical DNA (ln 3) is none.
constexpr double kLeastDnaDrop = 1.1;

/// Where the density has come down from a peak to the level of the valley right of it: the cut that takes the least.
double foot_of(const Density& density, std::size_t peak, std::size_t valley) {
  std::size_t bin = peak;
  while (bin < valley && density.height[bin] > 1.25 * density.height[valley]) ++bin;
  return density.centre(bin);
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
      cut = foot_of(density, peaks[i - 1].bin, peaks[i].valley_before);
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
  std::vector<float> values = gather_counts(cleaning.values(*dna), events);
  for (float& value : values) value = -value;
  const std::optional<Fence> fence = upper_fence(values, kLeastDnaDrop);
  if (!fence) return;
  cleaning.notes.push_back(fmt::format("debris: {} below {:.4g}", dna->name,
                                       kMassCofactor * portable::sinh(-fence->strong)));
  cleaning.drop(DropReason::kDebris, above(values, events, fence->strong));
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
  const bool is_flow = cleaning.panel.instrument == Instrument::kFlow;
  const bool is_linear = cleaning.scale.is_linear();
  const double least = is_linear ? 1.5 : kShareOfScale * cleaning.scale.span;
  for (const PanelChannel* channel : channels) {
    const std::vector<std::uint32_t> events = cleaning.kept();
    const std::span<const float> linear = cleaning.values(*channel);
    const double cofactor = is_flow ? flow_cofactor(cleaning, *channel) : kMassCofactor;
    const std::vector<float> values = !is_linear ? gather(linear, events)
                                      : is_flow  ? gather_arcsinh(linear, events, cofactor)
                                                 : gather_counts(linear, events);
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
      } else if (centre > *living + least) {
        cut = density.centre(peak.valley_before);
        break;
      }
    }
    if (!cut) {
      cleaning.notes.push_back(fmt::format(
          "dead: no valley above the living cells in {}, nothing dropped", channel->name));
      continue;
    }
    cleaning.notes.push_back(fmt::format("dead: {} above {:.4g}", channel->name,
                                         is_linear ? cofactor * portable::sinh(*cut) : *cut));
    cleaning.drop(DropReason::kDead, above(values, events, *cut));
  }
}

}  // namespace gateless::preprocess
