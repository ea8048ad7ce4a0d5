// Clogs, bursts and air bubbles: stretches of the acquisition whose rate or signals leave what is around them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "host/core/distribution.hpp"
#include "host/core/portable_math.hpp"
#include "host/preprocess/clean_steps.hpp"
#include "host/preprocess/clock.hpp"
#include "host/preprocess/density.hpp"
#include "host/preprocess/time_steps.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kFewestEvents = 2000;
constexpr double kFault = 6.0;            ///< robust standard deviations that make a bin a fault
constexpr double kBorder = 3.0;           ///< and that still belong to a fault beside it
constexpr double kRateFactor = 1.5;       ///< the least change of rate that is a fault
constexpr double kNamedRateFactor = 3.0;  ///< a change of rate over a long stretch that is named
constexpr double kDrift = 0.25;  ///< of the score's range 0..3: about a twelfth of the ranks

/// Events in the order of acquisition, cut into bins of equal number.
struct Acquisition {
  std::vector<std::uint32_t> order;  ///< [events]
  bool is_file_order = true;
  std::size_t per_bin = 0;
  std::size_t bins = 0;

  [[nodiscard]] std::size_t first(std::size_t bin) const { return bin * per_bin; }
  [[nodiscard]] std::size_t last(std::size_t bin) const {
    return bin + 1 == bins ? order.size() : first(bin + 1);
  }
};

Acquisition order_events(std::span<const float> t) {
  Acquisition result;
  result.order.resize(t.size());
  std::iota(result.order.begin(), result.order.end(), 0U);
  result.is_file_order = std::is_sorted(t.begin(), t.end());
  if (!result.is_file_order) {
    std::stable_sort(result.order.begin(), result.order.end(),
                     [&](std::uint32_t a, std::uint32_t b) {
                       // Not-a-number goes last, so that the order is a strict one.
                       return !std::isnan(t[a]) && (std::isnan(t[b]) || t[a] < t[b]);
                     });
  }
  // Some 400 bins: short faults fill a bin, and a bin's mean is still known well.
  result.per_bin = std::clamp<std::size_t>(result.order.size() / 400, 100, 1000);
  result.bins = result.order.size() / result.per_bin;
  return result;
}

/// The channel of the clock: of several (high and low words, a clock that stands) the one that rises most often.
const PanelChannel* clock_of(const Cleaning& cleaning) {
  const PanelChannel* clock = nullptr;
  std::size_t most = 0;
  for (const PanelChannel* channel : cleaning.find_all(ChannelRole::kTime)) {
    const std::span<const float> t = cleaning.values(*channel);
    std::size_t rises = 0;
    for (std::size_t event = 1; event < t.size(); ++event)
      rises += t[event] > t[event - 1] ? 1U : 0U;
    if (clock != nullptr && rises <= most) continue;
    clock = channel;
    most = rises;
  }
  return clock;
}

/// Mean of the quartile (0..3) of the channel's values in each bin: follows shifts of any population and is not
/// moved by a few extreme events.
std::vector<double> quartile_scores(std::span<const float> values, const Acquisition& acquisition) {
  const std::array<float, 3> quartiles{static_cast<float>(quantile(values, 0.25)),
                                       static_cast<float>(quantile(values, 0.5)),
                                       static_cast<float>(quantile(values, 0.75))};
  std::vector<double> scores(acquisition.bins);
  for (std::size_t bin = 0; bin < acquisition.bins; ++bin) {
    const std::size_t first = acquisition.first(bin);
    const std::size_t last = acquisition.last(bin);
    int sum = 0;
    for (std::size_t i = first; i < last; ++i) {
      const float value = values[acquisition.is_file_order ? i : acquisition.order[i]];
      sum += int{value > quartiles[0]} + int{value > quartiles[1]} + int{value > quartiles[2]};
    }
    scores[bin] = static_cast<double>(sum) / static_cast<double>(last - first);
  }
  return scores;
}

/// log of the time that a bin's events took, with the clock's own resolution as the least.
std::vector<double> log_durations(std::span<const float> time, const Acquisition& acquisition) {
  std::vector<double> durations(acquisition.bins);
  double shortest = 0.0;
  for (std::size_t bin = 0; bin < acquisition.bins; ++bin) {
    const std::size_t last = acquisition.last(bin);
    const double begin = static_cast<double>(time[acquisition.order[acquisition.first(bin)]]);
    const double end =
        static_cast<double>(time[acquisition.order[std::min(last, acquisition.order.size() - 1)]]);
    durations[bin] = (end - begin) / static_cast<double>(last - acquisition.first(bin));
    if (durations[bin] > 0.0 && (shortest == 0.0 || durations[bin] < shortest))
      shortest = durations[bin];
  }
  if (!(shortest > 0.0)) return {};
  for (double& duration : durations) duration = portable::log(std::max(duration, shortest));
  return durations;
}

/// What is around each bin: the median of a window of a quarter of the bins (at the ends: of the first or last quarter).
std::vector<double> surroundings(const std::vector<double>& series) {
  const std::size_t window = std::max<std::size_t>(5, series.size() / 4);
  std::vector<double> result(series.size());
  std::vector<double> part;
  for (std::size_t bin = 0; bin < series.size(); ++bin) {
    const std::size_t first = std::min(bin > window / 2 ? bin - window / 2 : 0,
                                       series.size() - std::min(window, series.size()));
    const std::size_t last = std::min(first + window, series.size());
    part.assign(series.begin() + static_cast<std::ptrdiff_t>(first),
                series.begin() + static_cast<std::ptrdiff_t>(last));
    result[bin] = upper_median(part);
  }
  return result;
}

/// |deviation| of each bin from its surroundings in robust standard deviations, at least `least_sd` each. Where more
/// than a tenth of the bins lie far out, that is how this file is, and no fault.
std::vector<double> deviations(const std::vector<double>& series, const std::vector<double>& around,
                               double least_sd) {
  std::vector<double> result(series.size());
  for (std::size_t bin = 0; bin < series.size(); ++bin)
    result[bin] = std::fabs(series[bin] - around[bin]);
  std::vector<double> sorted = result;
  std::sort(sorted.begin(), sorted.end());
  const double by_median =
      sorted[sorted.size() / 2] / 0.6745;  // these quantiles of |z| for a normal z
  const double by_tail = sorted[sorted.size() * 9 / 10] / 1.6449;
  const double sd = std::max({by_median, by_tail, least_sd});
  for (double& deviation : result) deviation /= sd;
  return result;
}

/// Scatter areas and whatever is stained: the channels whose signals a fault moves.
std::vector<const PanelChannel*> judged_channels(const Cleaning& cleaning) {
  std::vector<const PanelChannel*> result;
  for (const ChannelRole role : {ChannelRole::kForward, ChannelRole::kSide}) {
    if (const PanelChannel* channel = cleaning.scatter(role)) result.push_back(channel);
  }
  for (const ChannelRole role :
       {ChannelRole::kMarker, ChannelRole::kViability, ChannelRole::kDna}) {
    for (const PanelChannel* channel : cleaning.find_all(role)) result.push_back(channel);
  }
  return result;
}

/// A stretch on another level, and of which signals.
struct NamedStretch {
  Stretch stretch;
  std::vector<std::string> signals;
};

/// Adds what `series` shows; stretches that overlap by half are one.
void add_stretch(std::vector<NamedStretch>& found, const std::optional<Stretch>& stretch,
                 const std::string& signal) {
  if (!stretch) return;
  for (NamedStretch& known : found) {
    const std::size_t first = std::max(known.stretch.first, stretch->first);
    const std::size_t last = std::min(known.stretch.last, stretch->last);
    if (last <= first || 2 * (last - first) < stretch->last - stretch->first) continue;
    known.signals.push_back(signal);
    return;
  }
  found.push_back({*stretch, {signal}});
}

/// Names stretches that are too long to be dropped as faults.
void warn_of_stretches(Cleaning& cleaning, const std::vector<NamedStretch>& found,
                       const std::vector<bool>& is_fault) {
  for (const auto& [stretch, signals] : found) {
    const auto dropped =
        std::count(is_fault.begin() + static_cast<std::ptrdiff_t>(stretch.first),
                   is_fault.begin() + static_cast<std::ptrdiff_t>(stretch.last), true);
    if (2 * static_cast<std::size_t>(dropped) > stretch.last - stretch.first) continue;
    const auto percent = [&](std::size_t bin) {
      return 100.0 * static_cast<double>(bin) / static_cast<double>(is_fault.size());
    };
    constexpr std::size_t kNamed = 16;
    std::string names = signals[0];
    for (std::size_t name = 1; name < std::min(signals.size(), kNamed); ++name)
      names += ", " + signals[name];
    if (signals.size() > kNamed) names += fmt::format(" and {} more", signals.size() - kNamed);
    cleaning.is_doubtful = true;
    cleaning.warnings.push_back(fmt::format(
        "between {:.0f} % and {:.0f} % of the acquisition {} {} on another level than "
        "before or after (a clog, or a change of settings): kept; look at this file",
        percent(stretch.first), percent(stretch.last), names, signals.size() == 1 ? "is" : "are"));
  }
}

/// Raises `worst` [bins] to the deviations of the channels' signals, and tells of those that drift slowly.
void judge_signals(Cleaning& cleaning, const Acquisition& acquisition, std::vector<double>& worst,
                   std::vector<NamedStretch>& stretches) {
  // The variance of a quartile's index is 1.25.
  const double least = std::sqrt(1.25 / static_cast<double>(acquisition.per_bin));
  std::string drifting;
  for (const PanelChannel* channel : judged_channels(cleaning)) {
    const std::vector<double> scores = quartile_scores(cleaning.values(*channel), acquisition);
    const std::vector<double> around = surroundings(scores);
    const std::vector<double> deviation = deviations(scores, around, least);
    for (std::size_t bin = 0; bin < worst.size(); ++bin)
      worst[bin] = std::max(worst[bin], deviation[bin]);
    const std::string& signal = channel->marker.empty() ? channel->name : channel->marker;
    const std::optional<Stretch> stretch = find_stretch(scores, kDrift, least);
    add_stretch(stretches, stretch, signal);
    if (stretch || std::fabs(around.back() - around.front()) <= kDrift) continue;
    drifting += fmt::format("{}{}", drifting.empty() ? "" : ", ", signal);
  }
  if (!drifting.empty()) {
    cleaning.warnings.push_back(
        fmt::format("slow drift over the acquisition in {}: kept", drifting));
  }
}

/// Bins that are faults, with their neighbours that still deviate.
std::vector<bool> fault_bins(const std::vector<double>& worst) {
  std::vector<bool> is_fault(worst.size());
  for (std::size_t bin = 0; bin < worst.size(); ++bin) is_fault[bin] = worst[bin] > kFault;
  for (std::size_t bin = 1; bin < worst.size(); ++bin) {
    if (is_fault[bin - 1] && worst[bin] > kBorder) is_fault[bin] = true;
  }
  for (std::size_t bin = worst.size() - 1; bin > 0; --bin) {
    if (is_fault[bin] && worst[bin - 1] > kBorder) is_fault[bin - 1] = true;
  }
  return is_fault;
}

}  // namespace

void drop_time_faults(Cleaning& cleaning) {
  if (cleaning.reasons.size() < kFewestEvents) {
    cleaning.notes.push_back(fmt::format("time: not judged, fewer than {} events", kFewestEvents));
    return;
  }
  const PanelChannel* time = clock_of(cleaning);
  if (time == nullptr) {
    // Files without a clock are often put together from others, so their order says nothing.
    cleaning.notes.push_back("time: not judged, no time channel");
    return;
  }
  const std::vector<float> mended = mended_clock(cleaning.values(*time));
  const std::span<const float> clock = mended.empty() ? cleaning.values(*time) : std::span(mended);
  const Acquisition acquisition = order_events(clock);
  const std::vector<double> durations = log_durations(clock, acquisition);
  if (durations.empty()) {
    cleaning.warnings.push_back("the clock does not advance, so flow faults cannot be detected");
    return;
  }
  const double least_rate = portable::log(kRateFactor) / kFault;
  const double counting = 1.0 / std::sqrt(static_cast<double>(acquisition.per_bin));
  std::vector<double> worst =
      deviations(durations, surroundings(durations), std::max(counting, least_rate));
  std::vector<NamedStretch> stretches;
  add_stretch(stretches, find_stretch(durations, portable::log(kNamedRateFactor), counting),
              "the flow rate");
  judge_signals(cleaning, acquisition, worst, stretches);

  const std::vector<bool> is_fault = fault_bins(worst);
  std::vector<std::uint32_t> events;
  for (std::size_t bin = 0; bin < acquisition.bins; ++bin) {
    if (!is_fault[bin]) continue;
    for (std::size_t i = acquisition.first(bin); i < acquisition.last(bin); ++i) {
      const std::uint32_t event = acquisition.order[i];
      if (cleaning.reasons[event] == DropReason::kKept) events.push_back(event);
    }
  }
  cleaning.notes.push_back(
      fmt::format("time: {} of {} bins of {} events deviate by more than {:g} robust sd",
                  std::count(is_fault.begin(), is_fault.end(), true), acquisition.bins,
                  acquisition.per_bin, kFault));
  cleaning.drop(DropReason::kTime, events);
  warn_of_stretches(cleaning, stretches, is_fault);
}

}  // namespace gateless::preprocess
