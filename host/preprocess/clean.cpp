#include "host/preprocess/clean.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "host/core/error.hpp"
#include "host/preprocess/clean_steps.hpp"
#include "host/preprocess/compensation.hpp"
#include "host/preprocess/compensation_state.hpp"
#include "host/preprocess/low_end.hpp"
#include "host/preprocess/signal_over_time.hpp"

namespace gateless::preprocess {

const PanelChannel* Cleaning::find(ChannelRole role, PulseShape pulse) const {
  for (const PanelChannel& channel : panel.channels) {
    if (channel.role == role && channel.pulse == pulse) return &channel;
  }
  return nullptr;
}

std::vector<const PanelChannel*> Cleaning::find_all(ChannelRole role) const {
  std::vector<const PanelChannel*> result;
  for (const PanelChannel& channel : panel.channels) {
    if (channel.role == role) result.push_back(&channel);
  }
  return result;
}

const PanelChannel* Cleaning::scatter(ChannelRole role) const {
  for (const PulseShape pulse : {PulseShape::kArea, PulseShape::kHeight, PulseShape::kNone}) {
    if (const PanelChannel* channel = find(role, pulse)) return channel;
  }
  return nullptr;
}

std::vector<std::uint32_t> Cleaning::kept() const {
  std::vector<std::uint32_t> result;
  result.reserve(reasons.size());
  for (std::size_t event = 0; event < reasons.size(); ++event) {
    if (reasons[event] == DropReason::kKept) result.push_back(static_cast<std::uint32_t>(event));
  }
  return result;
}

void Cleaning::drop(DropReason reason, std::span<const std::uint32_t> events) {
  for (const std::uint32_t event : events) {
    if (reasons[event] == DropReason::kKept) reasons[event] = reason;
  }
  const double fraction = static_cast<double>(events.size()) / static_cast<double>(reasons.size());
  if (fraction > options.warn_fraction) {
    is_doubtful = is_doubtful || reason == DropReason::kMargin || reason == DropReason::kTime ||
                  reason == DropReason::kDead;
    warnings.push_back(fmt::format("{:.0f} % of the events were dropped as {}; look at this file",
                                   100.0 * fraction,
                                   kDropReasonNames[static_cast<std::size_t>(reason)]));
  }
}

namespace {

/// A clock that misses a beat makes no cell worse.
bool must_be_finite(const PanelChannel& channel) {
  return channel.role != ChannelRole::kIgnored && channel.role != ChannelRole::kTime;
}

/// More events beyond the stated range than this: it is not the detector's limit (files that were exported again).
constexpr double kBeyondRange = 0.001;

/// The last step of an 18-bit scale, relative: where a gain has scaled the range, a step is more than 1.
constexpr double kLastStep = 4e-6;

bool is_scatter(const PanelChannel& channel) {
  return channel.role == ChannelRole::kForward || channel.role == ChannelRole::kSide;
}

bool has_limit(const PanelChannel& channel) {
  return is_scatter(channel) || channel.role == ChannelRole::kMarker ||
         channel.role == ChannelRole::kViability;
}

/// Values that a detector cannot tell from larger or smaller ones. Scattered light is never negative: such a value
/// is an integrator that overran.
struct Limits {
  float bottom, top;
};

void check_channels(const RawSample& sample, const Panel& panel) {
  for (const PanelChannel& channel : panel.channels) {
    if (channel.channel < sample.values.size() &&
        sample.values[channel.channel].size() == sample.events) {
      continue;
    }
    throw InputError(
        fmt::format("{}: channel {} of panel {} is not in the file (samples of one panel are "
                    "pooled by channel); "
                    "give the file a panel of its own",
                    sample.path, channel.name, panel.name));
  }
}

/// Scatter that somebody has put on a scale of his own (logarithms, 0 to 1) tells no lineage by ratios.
bool is_linear_scatter(const std::vector<float>& column) {
  constexpr float kSmallestDetector = 20.0F;
  return std::any_of(column.begin(), column.end(),
                     [](float value) { return value > kSmallestDetector; });
}

std::vector<std::string> constant_markers(const RawSample& sample, const Panel& panel) {
  std::vector<std::string> constant;
  for (const PanelChannel& channel : panel.channels) {
    if (channel.role != ChannelRole::kMarker || sample.events < 2) continue;
    const std::vector<float>& values = sample.values[channel.channel];
    const bool is_one_value = std::all_of(values.begin(), values.end(),
                                          [&](float value) { return value == values.front(); });
    if (is_one_value) constant.push_back(channel.marker);
  }
  return constant;
}

/// Empty where the matrix is to be applied.
std::string why_not_compensated(const RawSample& sample, const Spillover& spillover,
                                const ValueScale& scale) {
  if (!scale.is_linear()) return "the values are transformed already (" + scale.shown + ")";
  const auto values = [&](const std::string& name) -> std::span<const float> {
    for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
      if (sample.channels[channel].name == name) return sample.values[channel];
    }
    return {};
  };
  if (compensation_state(spillover, values) != CompensationState::kCompensated) return "";
  return "the values are compensated already (no spilt light is left of the brightest events)";
}

/// The share of events that are another one's copy in every channel: of files that were joined with themselves.
double share_of_copies(const RawSample& sample) {
  constexpr std::size_t kLookedAt = 50'000;
  constexpr std::uint64_t kPrime = 1099511628211U;  // FNV-1a
  const std::uint64_t every = sample.events / kLookedAt + 1;
  std::vector<std::uint64_t> seen;
  std::array<std::uint64_t, 512> sums{};  // of events side by side, as each sum is a chain
  for (std::size_t first = 0; first < sample.events; first += sums.size()) {
    const std::size_t count = std::min(sums.size(), sample.events - first);
    sums.fill(14695981039346656037U);
    for (const std::vector<float>& channel : sample.values) {
      for (std::size_t i = 0; i < count; ++i)
        sums[i] = (sums[i] ^ std::bit_cast<std::uint32_t>(channel[first + i])) * kPrime;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t sum = sums[i] ^ (sums[i] >> 29U);
      if (sum % every == 0) seen.push_back(sum);  // both of a pair, or none
    }
  }
  if (seen.empty()) return 0.0;
  std::sort(seen.begin(), seen.end());
  const auto different = std::unique(seen.begin(), seen.end()) - seen.begin();
  return 1.0 - static_cast<double>(different) / static_cast<double>(seen.size());
}

void warn_of_copies(Cleaning& cleaning) {
  constexpr double kMany = 0.2;
  constexpr std::size_t kFewestEvents = 200;
  if (cleaning.sample.events < kFewestEvents || cleaning.panel.markers().size() < 4) return;
  const double share = share_of_copies(cleaning.sample);
  if (share < kMany) return;
  cleaning.warnings.push_back(fmt::format(
      "{:.0f} % of the events are copies of others, in every channel (a file that was joined with "
      "itself?): they count again and make intervals too narrow; export the file again",
      100.0 * share));
}

void collect_kept(const Cleaning& cleaning, PreparedSample& result) {
  result.event_index = cleaning.kept();
  result.kept = result.event_index.size();
  for (const PanelChannel& channel : cleaning.panel.channels) {
    const bool is_scatter = channel.role == ChannelRole::kSide && !channel.marker.empty();
    if (channel.role != ChannelRole::kMarker && !is_scatter) continue;
    const std::span<const float> values = cleaning.values(channel);
    std::vector<float> column(result.kept);
    for (std::size_t i = 0; i < result.kept; ++i) column[i] = values[result.event_index[i]];
    if (is_scatter && !is_linear_scatter(column)) {
      result.notes.push_back(channel.name +
                             ": not used to tell lineages, as its scale is not that of a detector");
      continue;
    }
    result.markers.push_back(channel.marker);
    result.ranges.push_back(cleaning.sample.channels[channel.channel].range);
    result.columns.push_back(std::move(column));
  }
}

}  // namespace

void drop_non_finite(Cleaning& cleaning) {
  std::vector<std::uint32_t> events;
  for (const PanelChannel& channel : cleaning.panel.channels) {
    if (!must_be_finite(channel)) continue;
    const std::span<const float> values = cleaning.values(channel);
    // x * 0 is not a number for infinities and not-a-number, and so is any sum with it.
    double sum = 0.0;
    for (const float value : values) sum += static_cast<double>(value) * 0.0;
    if (sum == 0.0) continue;
    for (std::size_t event = 0; event < values.size(); ++event) {
      if (!std::isfinite(values[event])) events.push_back(static_cast<std::uint32_t>(event));
    }
  }
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  cleaning.drop(DropReason::kNonFinite, events);
}

void drop_margins(Cleaning& cleaning) {
  if (cleaning.panel.instrument != Instrument::kFlow)
    return;  // counters of ions have no such limit
  std::vector<std::uint32_t> all;
  std::string unbounded;
  for (const PanelChannel& channel : cleaning.panel.channels) {
    const double range = cleaning.sample.channels[channel.channel].range;
    if (!has_limit(channel) || !(range > 1.0)) continue;
    // $PnR of values that somebody transformed is no detector's limit, whatever it says.
    if (!cleaning.scale.is_linear() && !is_scatter(channel)) continue;
    const Limits limits{is_scatter(channel) ? 0.0F : -INFINITY,
                        static_cast<float>(range - std::max(1.0, kLastStep * range))};
    const std::span<const float> values = cleaning.values(channel);
    const auto beyond =
        static_cast<double>(std::count_if(values.begin(), values.end(), [&](float value) {
          return static_cast<double>(value) > 1.01 * range;
        }));
    if (beyond > kBeyondRange * static_cast<double>(values.size())) {
      unbounded += (unbounded.empty() ? "" : ", ") + channel.name;
      continue;
    }
    std::vector<std::uint32_t> events;
    for (std::size_t event = 0; event < values.size(); ++event) {
      if (values[event] >= limits.top || values[event] < limits.bottom) {
        events.push_back(static_cast<std::uint32_t>(event));
      }
    }
    const double fraction = static_cast<double>(events.size()) / static_cast<double>(values.size());
    if (fraction > cleaning.options.margin_report_fraction) {
      cleaning.warnings.push_back(
          fmt::format("{:.1f} % of the events are at a limit of {}: they are kept, but its bright "
                      "end is cut off",
                      100.0 * fraction, channel.name));
      continue;
    }
    all.insert(all.end(), events.begin(), events.end());
  }
  if (!unbounded.empty()) {
    cleaning.notes.push_back("margin: not judged where values go beyond the stated range: " +
                             unbounded);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  cleaning.drop(DropReason::kMargin, all);
}

PreparedSample prepare_sample(RawSample&& sample, const Panel& panel, const Spillover* spillover,
                              const CleanOptions& options) {
  check_channels(sample, panel);
  PreparedSample result;
  result.events = sample.events;
  const ValueScale scale = scale_of(sample, panel);
  result.scale = scale.shown;
  const std::string joined = join_negative_cells(sample, panel, scale);
  Cleaning cleaning{sample, panel, options, scale, std::vector<DropReason>(sample.events), {}, {}};
  if (!joined.empty()) cleaning.warnings.push_back(joined);
  if (sample.events > 0) {
    warn_of_copies(cleaning);
    drop_non_finite(cleaning);
    if (options.margins) drop_margins(cleaning);
  }
  result.constant = constant_markers(sample, panel);
  result.compensation = "none";
  if (spillover != nullptr && !spillover->channels.empty()) {
    const std::string why_not = why_not_compensated(sample, *spillover, scale);
    if (why_not.empty()) compensate(sample, *spillover);
    result.is_unmixed = why_not.empty();
    result.compensation = why_not.empty() ? fmt::format("{} channels", spillover->channels.size())
                                          : "none: " + why_not;
    result.is_compensated = true;
    if (!why_not.empty())
      cleaning.warnings.push_back("the spillover matrix is not applied: " + why_not);
  }
  result.signal = signal_over_time(cleaning);
  if (sample.events > 0) {
    if (options.time) drop_time_faults(cleaning);
    if (options.beads) drop_beads(cleaning);
    if (options.doublets) drop_doublets(cleaning);
    if (options.debris) drop_debris(cleaning);
    if (options.dead) drop_dead(cleaning);
  }
  collect_kept(cleaning, result);
  for (const DropReason reason : cleaning.reasons)
    ++result.counts[static_cast<std::size_t>(reason)];
  result.reasons = std::move(cleaning.reasons);
  result.notes = std::move(cleaning.notes);
  result.warnings = std::move(cleaning.warnings);
  result.is_doubtful = cleaning.is_doubtful;
  return result;
}

}  // namespace gateless::preprocess
