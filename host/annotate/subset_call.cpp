// Calls events by a learned model.
#include <algorithm>
#include <map>

#include "host/annotate/binned_events.hpp"
#include "host/annotate/descent.hpp"
#include "host/annotate/subset_axes.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"

namespace gateless {
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
  SubsetCalls calls;
  for (const ResolvedSubset& subset : model.subsets) calls.subsets.push_back(subset.id);
  calls.subset_of_event.assign(events.events, -1);
  calls.confidence.assign(events.events, 0.0F);
  calls.expected = Matrix<double>(samples.size(), model.subsets.size());
  calls.variance = calls.by_mixture = calls.expected;
  const std::vector<bool> used = used_rows(model.mixtures, events.markers);
  std::vector<bool> cuts_across;  // overlays and what is below them
  for (const ResolvedSubset& subset : model.subsets) {
    cuts_across.push_back(
        subset.is_overlay ||
        (subset.parent >= 0 && cuts_across[static_cast<std::size_t>(subset.parent)]));
  }
  const SubsetAxes axes = subset_axes(model);
  std::vector<std::vector<std::vector<std::int16_t>>> profiles(samples.size());
  if (!axes.names.empty()) calls.profile_of_event.resize(events.events);
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    BinnedSample binned = bin_sample(events, samples[s], model.ranges, used);
    for (const CornerAxis& corner : model.corners)
      binned.bins.push_back(bin_corner(events, samples[s], corner));
    Descent descent(binned, model.ranges, kept_for(model.mixtures, model.subsets.size()), 0);
    AxisCalls on_axes(model, axes, samples[s].count);
    std::vector<float> lineage(samples[s].count, 0.0F);  // probability of some child of a root
    for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
      if (model.subsets[subset].parent >= 0) continue;
      descent.start(static_cast<std::int16_t>(subset));
      calls.expected(s, subset) = calls.by_mixture(s, subset) =
          static_cast<double>(samples[s].count);
    }
    for (std::size_t m = 0; m < model.mixtures.size(); ++m) {
      const SubsetMixture& mixture = model.mixtures[m];
      const SampleFit fit = fits.empty() ? descent.fit(mixture) : fits[s][m];
      const bool is_top = model.subsets[static_cast<std::size_t>(mixture.parent)].parent < 0;
      descent.step(
          mixture, fit, [&](std::int16_t subset, std::uint32_t event, float p, float counted) {
            const auto index = static_cast<std::size_t>(subset);
            calls.expected(s, index) += static_cast<double>(counted);
            calls.variance(s, index) += static_cast<double>(p) * static_cast<double>(1.0F - p);
            if (p >= 0.5F && !mixture.markers.empty()) on_axes.found(subset, event);
            if (cuts_across[index]) return;
            if (is_top) lineage[event] += p;
            // A subset that stands for its parent adds nothing to the name.
            if (p < 0.5F || mixture.markers.empty()) return;
            const std::size_t at = samples[s].first + event;
            const std::int16_t now = calls.subset_of_event[at];
            if (now < 0 ||
                model.subsets[index].share < model.subsets[static_cast<std::size_t>(now)].share) {
              calls.subset_of_event[at] = subset;
              calls.confidence[at] = p;
            }
          });
      for (std::size_t c = 0; c < mixture.classes.size(); ++c) {
        const SubsetClass& one = mixture.classes[c];
        if (one.subset < 0) continue;
        calls.by_mixture(s, static_cast<std::size_t>(one.subset)) +=
            calls.by_mixture(s, static_cast<std::size_t>(mixture.parent)) * fit.weights[c] *
            one.certainty;
      }
    }
    if (!axes.names.empty()) {
      const std::vector<std::uint32_t> own = on_axes.profiles(profiles[s]);
      std::copy(own.begin(), own.end(),
                calls.profile_of_event.begin() + static_cast<std::ptrdiff_t>(samples[s].first));
    }
    for (std::size_t i = 0; i < samples[s].count; ++i) {
      const std::size_t at = samples[s].first + i;
      if (calls.subset_of_event[at] < 0) calls.confidence[at] = std::max(0.0F, 1.0F - lineage[i]);
    }
  });
  calls.axes = axes.names;
  join_profiles(calls, samples, profiles);
  return calls;
}

}  // namespace gateless
