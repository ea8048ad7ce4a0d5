// Calls events by a learned model.
#include <algorithm>
#include <map>

#include "host/annotate/binned_events.hpp"
#include "host/annotate/descent.hpp"
#include "host/annotate/subset_axes.hpp"
#include "host/core/error.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/parallel.hpp"

namespace gateless::annotate {
namespace {

/// One list of profiles for all samples, in their order, in place of a list for each.
void join_profiles(SubsetCalls& calls, const std::vector<SampleRange>& samples,
                   const std::vector<std::vector<std::vector<std::int16_t>>>& profiles) {
  std::map<std::vector<std::int16_t>, std::uint32_t> numbers;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    std::vector<std::uint32_t> number;
    for (const std::vector<std::int16_t>& profile : profiles[s]) {
      const auto [at, is_new] =
          numbers.try_emplace(profile, static_cast<std::uint32_t>(calls.profiles.size()));
      if (is_new) calls.profiles.push_back(profile);
      number.push_back(at->second);
    }
    if (number.empty()) continue;
    for (std::size_t i = 0; i < samples[s].count; ++i) {
      std::uint32_t& own = calls.profile_of_event[samples[s].first + i];
      own = number[own];
    }
  }
}

/// Events of a sample that are called together, so that what is known of them stays small.
constexpr std::size_t kCalledTogether = 1U << 17U;

/// Calls the events of one panel, a sample at a time.
class EventCaller {
 public:
  EventCaller(const SubsetModel& model, const EventView& events)
      : model_(model),
        events_(events),
        used_(used_rows(model.mixtures, events.markers)),
        kept_(kept_for(model.mixtures, model.subsets.size())),
        axes_(subset_axes(model)) {
    for (const ResolvedSubset& subset : model.subsets) {
      cuts_across_.push_back(
          subset.is_overlay ||
          (subset.parent >= 0 && cuts_across_[static_cast<std::size_t>(subset.parent)]));
    }
  }

  [[nodiscard]] const SubsetAxes& axes() const { return axes_; }

  /// Calls some events of sample `s`, and fits each mixture to them where `fits` has none of it.
  void call(const SampleRange& part, std::size_t s, std::vector<SampleFit>& fits,
            std::vector<std::vector<std::int16_t>>& profiles, std::vector<double>& outside,
            SubsetCalls& calls) const {
    BinnedSample binned = bin_sample(events_, part, model_.ranges, used_);
    for (const CornerAxis& corner : model_.corners)
      binned.bins.push_back(bin_corner(events_, part, corner));
    Descent descent(binned, model_.ranges, kept_, 0);
    AxisCalls on_axes(model_, axes_, part.count);
    std::vector<float> lineage(part.count, 0.0F);  // probability of some child of a root
    for (std::size_t subset = 0; subset < model_.subsets.size(); ++subset) {
      if (model_.subsets[subset].parent < 0) descent.start(static_cast<std::int16_t>(subset));
    }
    for (std::size_t m = 0; m < model_.mixtures.size(); ++m) {
      const SubsetMixture& mixture = model_.mixtures[m];
      if (m == fits.size()) fits.push_back(descent.fit(mixture));
      const bool is_top = model_.subsets[static_cast<std::size_t>(mixture.parent)].parent < 0;
      descent.step(
          mixture, fits[m],
          [&](std::int16_t subset, std::uint32_t event, float p, float counted) {
            const auto index = static_cast<std::size_t>(subset);
            calls.expected(s, index) += static_cast<double>(counted);
            calls.variance(s, index) += static_cast<double>(p) * static_cast<double>(1.0F - p);
            if (p >= 0.5F && !mixture.markers.empty()) on_axes.found(subset, event);
            if (cuts_across_[index]) return;
            if (is_top) lineage[event] += p;
            // A subset that stands for its parent adds nothing to the name.
            if (p < 0.5F || mixture.markers.empty()) return;
            const std::size_t at = part.first + event;
            const std::int16_t now = calls.subset_of_event[at];
            if (now < 0 ||
                model_.subsets[index].share < model_.subsets[static_cast<std::size_t>(now)].share) {
              calls.subset_of_event[at] = subset;
              calls.confidence[at] = p;
            }
          },
          &outside);
    }
    if (!axes_.names.empty()) {
      const std::vector<std::uint32_t> own = on_axes.profiles(profiles);
      std::copy(own.begin(), own.end(),
                calls.profile_of_event.begin() + static_cast<std::ptrdiff_t>(part.first));
    }
    for (std::size_t i = 0; i < part.count; ++i) {
      const std::size_t at = part.first + i;
      if (calls.subset_of_event[at] < 0) calls.confidence[at] = std::max(0.0F, 1.0F - lineage[i]);
    }
  }

  /// What the mixtures take each subset of a sample to hold, less what lies outside of its scatter gate.
  void count_by_mixture(std::size_t s, const std::vector<SampleFit>& fits,
                        const std::vector<double>& outside, SubsetCalls& calls) const {
    for (std::size_t m = 0; m < model_.mixtures.size(); ++m) {
      const SubsetMixture& mixture = model_.mixtures[m];
      for (std::size_t c = 0; c < mixture.classes.size(); ++c) {
        const SubsetClass& one = mixture.classes[c];
        if (one.subset < 0) continue;
        const auto subset = static_cast<std::size_t>(one.subset);
        const double inside = calls.expected(s, subset);
        const double kept = outside[subset] > 0.0 ? inside / (inside + outside[subset]) : 1.0;
        calls.by_mixture(s, subset) +=
            calls.by_mixture(s, static_cast<std::size_t>(mixture.parent)) * fits[m].weights[c] *
            one.certainty * kept;
      }
    }
  }

  /// Where the levels of each mixture's markers meet in a sample.
  void draw_borders(const std::vector<SampleFit>& fits,
                    std::vector<std::vector<std::vector<double>>>& borders) const {
    for (std::size_t m = 0; m < model_.mixtures.size(); ++m) {
      auto& of_mixture = borders.emplace_back();
      for (std::size_t marker = 0; marker < model_.mixtures[m].markers.size(); ++marker)
        of_mixture.push_back(level_borders(model_.mixtures[m], model_.ranges, fits[m], marker));
    }
  }

 private:
  const SubsetModel& model_;
  const EventView& events_;
  std::vector<bool> used_;         ///< [rows]
  std::vector<Kept> kept_;         ///< [subsets]
  std::vector<bool> cuts_across_;  ///< [subsets], overlays and what is below them
  SubsetAxes axes_;
};

}  // namespace

SubsetCalls call_subsets(const SubsetModel& model, const EventView& events,
                         const std::vector<SampleRange>& samples, std::size_t threads,
                         const SampleFits& fits) {
  if (events.markers != model.markers.size()) {
    throw InputError(
        "the events have another number of markers than the subset model (it belongs to another "
        "panel); "
        "use the model of this panel");
  }
  const EventCaller caller(model, events);
  SubsetCalls calls;
  for (const ResolvedSubset& subset : model.subsets) calls.subsets.push_back(subset.id);
  calls.subset_of_event.assign(events.events, -1);
  calls.confidence.assign(events.events, 0.0F);
  calls.expected = Matrix<double>(samples.size(), model.subsets.size());
  calls.variance = calls.by_mixture = calls.expected;
  calls.borders.resize(samples.size());
  calls.axes = caller.axes().names;
  if (!calls.axes.empty()) calls.profile_of_event.resize(events.events);
  std::vector<std::vector<std::vector<std::int16_t>>> profiles(samples.size());
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    const SampleRange& sample = samples[s];
    for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
      if (model.subsets[subset].parent >= 0) continue;
      calls.expected(s, subset) = calls.by_mixture(s, subset) = static_cast<double>(sample.count);
    }
    // A fit is of the whole sample.
    std::vector<SampleFit> own = fits.empty() ? std::vector<SampleFit>() : fits[s];
    std::vector<double> outside(model.subsets.size(), 0.0);
    const std::size_t together = own.empty() ? sample.count : kCalledTogether;
    for (std::size_t first = 0; first < sample.count; first += together) {
      const SampleRange part{sample.sample, sample.first + first,
                             std::min(together, sample.count - first)};
      caller.call(part, s, own, profiles[s], outside, calls);
      keep_memory_bound();
    }
    if (sample.count == 0)
      caller.call(sample, s, own, profiles[s], outside, calls);  // fits of no event
    caller.count_by_mixture(s, own, outside, calls);
    caller.draw_borders(own, calls.borders[s]);
  });
  join_profiles(calls, samples, profiles);
  return calls;
}

}  // namespace gateless::annotate
