// Learns the mixtures of all populations, parents before children.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "host/annotate/binned_events.hpp"
#include "host/annotate/descent.hpp"
#include "host/annotate/learning_controls.hpp"
#include "host/annotate/parent_density.hpp"
#include "host/annotate/pool_modes.hpp"
#include "host/annotate/scatter_gates.hpp"
#include "host/annotate/untold_subsets.hpp"
#include "host/core/parallel.hpp"
#include "host/core/piece_values.hpp"

namespace gateless::annotate {
namespace {

/// A sample's events are learned from up to this many, beyond it from every second, third ... one: what levels and subsets
/// are like shows in some, and memory stays bounded. Its fit and its calls are of all.
constexpr std::size_t kLearnedFrom = 200'000;

std::size_t learning_stride(const SampleRange& sample) {
  return std::max<std::size_t>(1, (sample.count + kLearnedFrom - 1) / kLearnedFrom);
}

/// Learns the mixtures of one design, parents before children.
class HierarchyLearner {
 public:
  HierarchyLearner(const EventView& events, const std::vector<SampleRange>& samples,
                   const AnnotationDesign& design, const std::vector<SetBorder>& set_borders,
                   const std::vector<bool>& is_doubtful, SubsetModel& model,
                   std::vector<BinnedSample>& binned, std::size_t threads,
                   FinishedTurns<LearnedMixture>& turns)
      : events_(events),
        samples_(samples),
        design_(design),
        is_doubtful_(is_doubtful),
        model_(model),
        binned_(binned),
        threads_(threads),
        turns_(turns),
        controls_(model, design, set_borders, binned,
                  [this](std::int16_t subset) { return members_of(subset); }),
        expected_(samples.size(), model.subsets.size()),
        fits_(samples.size()),
        reasons_(model.subsets.size()) {
    std::vector<Kept> kept = kept_for(design.mixtures, model.subsets.size());
    for (std::size_t s = 0; s < model.subsets.size(); ++s) {
      if (kept[s] == Kept::kNone && controls_.is_lineage(static_cast<std::int16_t>(s)))
        kept[s] = Kept::kForLooks;
    }
    for (BinnedSample& sample : binned) {
      sample.bins.resize(model.ranges.size());  // corners follow as their parents are learned
      descents_.emplace_back(sample, model.ranges, kept, members_looked_at(samples.size()));
    }
  }

  /// Fills mixtures and shares. A marker that does not tell its positive cells ends it early.
  std::optional<BlindMarker> learn(const std::vector<PoolModes>& pool, Progress& progress) {
    start_at_roots();
    progress.expect(design_.mixtures.size());
    for (std::size_t m = 0; m < design_.mixtures.size(); ++m) {
      if (std::optional<BlindMarker> blind = learn_one(design_.mixtures[m], pool)) return blind;
      finish_parent_of(m);
      progress.step();
    }
    set_shares();
    drop_subsets(model_, std::move(reasons_), fits_);
    return std::nullopt;
  }

  /// How the mixtures of the finished model fit the samples; empty where that is not known.
  [[nodiscard]] SampleFits take_fits() {
    for (std::size_t s = 0; s < fits_.size(); ++s) {
      if (learning_stride(samples_[s]) > 1) fits_[s].clear();
    }
    return std::move(fits_);
  }

 private:
  /// After the last mixture of a population most of its members are needed no more.
  void finish_parent_of(std::size_t last) {
    const std::int16_t parent = design_.mixtures[last].parent;
    const bool has_more = std::any_of(
        design_.mixtures.begin() + static_cast<std::ptrdiff_t>(last) + 1, design_.mixtures.end(),
        [&](const MixtureDesign& mixture) { return mixture.parent == parent; });
    if (has_more) return;
    for (Descent& descent : descents_)
      descent.finish(parent, controls_.is_lineage(parent) ? Kept::kForLooks : Kept::kNone);
  }

  void start_at_roots() {
    for (std::size_t subset = 0; subset < model_.subsets.size(); ++subset) {
      if (model_.subsets[subset].parent >= 0) continue;
      for (std::size_t s = 0; s < samples_.size(); ++s) {
        descents_[s].start(static_cast<std::int16_t>(subset));
        expected_(s, subset) = static_cast<double>(samples_[s].count);
      }
    }
  }

  /// Those that are learned from.
  [[nodiscard]] SampleMembers members_of(std::int16_t subset) const {
    static const Members nobody;
    SampleMembers members;
    for (std::size_t s = 0; s < descents_.size(); ++s)
      members.push_back(is_doubtful_[s] ? &nobody : &descents_[s].members(subset));
    return members;
  }

  std::optional<BlindMarker> learn_one(const MixtureDesign& mixture,
                                       const std::vector<PoolModes>& pool) {
    const SampleMembers members = members_of(mixture.parent);
    if (mixture.needs_modes && !shows_modes(mixture, binned_, members)) {
      for (const ClassDesign& one : mixture.classes) {
        if (one.subset >= 0)
          reasons_[static_cast<std::size_t>(one.subset)] = no_modes_reason(mixture, model_);
      }
      return std::nullopt;
    }
    const MixtureDesign* otherwise =
        mixture.otherwise.empty() ? nullptr : &mixture.otherwise.front();
    const bool by_hand = otherwise != nullptr && controls_.has_set_border(*otherwise);
    const bool are_placed = !by_hand && place_corners(mixture, members);
    if (otherwise != nullptr && !are_placed) return learn_one(*otherwise, pool);
    const std::vector<PoolModes> controls = controls_.of(mixture, pool);
    LearnedMixture learned = turns_.next([&] {
      return learn_mixture(mixture, binned_, members, controls, model_.ranges, threads_);
    });
    controls_.remember(mixture, learned);
    if (learned.untold) return blindness(mixture, *learned.untold, members);
    model_.mixtures.push_back(std::move(learned.mixture));
    parallel_for(threads_, samples_.size(), [&](std::size_t s) {
      fits_[s].push_back(descents_[s].fit(model_.mixtures.back()));
    });
    model_.mixtures.back().gates = scatter_gates(mixture, members);
    parallel_for(threads_, samples_.size(), [&](std::size_t s) {
      const auto stride = static_cast<double>(learning_stride(samples_[s]));
      descents_[s].step(model_.mixtures.back(), fits_[s].back(),
                        [&](std::int16_t subset, std::uint32_t, float, float counted) {
                          expected_(s, static_cast<std::size_t>(subset)) +=
                              static_cast<double>(counted) * stride;
                        });
    });
    return std::nullopt;
  }

  [[nodiscard]] std::vector<ScatterGate> scatter_gates(const MixtureDesign& mixture,
                                                       const SampleMembers& members) const {
    std::vector<const SampleFit*> fits;
    for (const auto& of_sample : fits_) fits.push_back(&of_sample.back());
    return place_scatter_gates(mixture, model_.mixtures.back(), model_.ranges, binned_, members,
                               fits);
  }

  /// False where a corner cannot be placed.
  bool place_corners(const MixtureDesign& mixture, const SampleMembers& members) {
    for (const MarkerDesign& marker : mixture.markers) {
      if (!marker.is_corner) continue;
      CornerAxis& corner = model_.corners[marker.marker - events_.markers];
      if (!place_corner(corner, binned_, members, model_.ranges)) return false;
      parallel_for(threads_, samples_.size(), [&](std::size_t s) {
        binned_[s].bins[marker.marker] =
            bin_corner(events_, samples_[s], corner, learning_stride(samples_[s]));
      });
    }
    return true;
  }

  BlindMarker blindness(const MixtureDesign& mixture, std::size_t row,
                        const SampleMembers& members) {
    const std::int16_t parent = mixture.parent;
    const ResolvedSubset& population = model_.subsets[static_cast<std::size_t>(parent)];
    const bool must_stand_out = std::any_of(
        mixture.markers.begin(), mixture.markers.end(),
        [&](const MarkerDesign& one) { return one.marker == row && one.must_stand_out; });
    if (!must_stand_out) {
      return {
          model_.markers[row], population.id,
          fmt::format("{} of {} shows one population, and nothing where its positive cells begin",
                      model_.markers[row], population.name)};
    }
    const std::int16_t lineage = controls_.lowest_lineage(row, parent).value_or(parent);
    const double above = share_above(parent_density(row, binned_, members).events,
                                     parent_density(row, binned_, members_of(lineage)).events);
    return {model_.markers[row], population.id,
            fmt::format(
                "{} of {} does not stand out from that of {} (AUC {:.2f}; 0.50 is no difference)",
                model_.markers[row], population.name,
                model_.subsets[static_cast<std::size_t>(lineage)].name, above)};
  }

  void set_shares() {
    double total = 0.0;
    for (const SampleRange& sample : samples_) total += static_cast<double>(sample.count);
    for (std::size_t subset = 0; subset < model_.subsets.size(); ++subset) {
      double sum = 0.0;
      for (std::size_t s = 0; s < samples_.size(); ++s) sum += expected_(s, subset);
      model_.subsets[subset].share = total > 0.0 ? sum / total : 0.0;
    }
  }

  const EventView& events_;
  const std::vector<SampleRange>& samples_;
  const AnnotationDesign& design_;
  const std::vector<bool>& is_doubtful_;  ///< [samples], nothing is learned from them
  SubsetModel& model_;
  std::vector<BinnedSample>& binned_;
  std::size_t threads_;
  FinishedTurns<LearnedMixture>& turns_;
  LearningControls controls_;
  std::vector<Descent> descents_;  ///< [samples]
  Matrix<double> expected_;        ///< [samples][subsets], events
  SampleFits fits_;
  std::vector<std::string> reasons_;  ///< [subsets], why the data do not tell one
};

std::vector<BinnedSample> bin_samples(const EventView& events,
                                      const std::vector<SampleRange>& samples,
                                      const std::vector<MarkerRange>& ranges,
                                      const std::vector<bool>& used, std::size_t threads,
                                      std::span<const std::uint16_t> node_of_event) {
  std::vector<BinnedSample> binned(samples.size());
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    const std::size_t stride = learning_stride(samples[s]);
    binned[s] = bin_sample(events, samples[s], ranges, used, stride);
    for (std::size_t i = 0; i < samples[s].count && !node_of_event.empty(); i += stride)
      binned[s].nodes.push_back(node_of_event[samples[s].first + i]);
  });
  return binned;
}

}  // namespace

LearnedSubsets learn_and_fit_subsets(
    const EventView& events, const std::vector<std::string>& markers,
    const std::vector<Transform>& transforms, const std::vector<SampleRange>& samples,
    const Knowledge& knowledge, const Panel& panel, std::size_t threads, Progress& progress,
    std::span<const std::uint16_t> node_of_event, const std::vector<SetBorder>& set_borders,
    std::vector<bool> is_doubtful, Pieces& pieces) {
  const auto doubtful = std::count(is_doubtful.begin(), is_doubtful.end(), true);
  if (2 * static_cast<std::size_t>(doubtful) >= samples.size()) is_doubtful.clear();
  is_doubtful.resize(samples.size(), false);
  const std::vector<MarkerRange> ranges = marker_ranges(events, samples);
  const auto scatter = std::find(markers.begin(), markers.end(), panel.side_scatter());
  std::vector<BlindMarker> blind;
  FinishedTurns<LearnedMixture> turns(pieces, "levels so far");
  std::vector<bool> used(
      events.markers,
      false);  // by this design or an earlier one: what the pool shows stays the same
  while (true) {
    const AnnotationDesign design = design_annotation(knowledge, markers, panel, blind);
    const std::vector<bool> by_mixtures = used_rows(design.mixtures, events.markers);
    for (std::size_t row = 0; row < used.size(); ++row) used[row] = used[row] || by_mixtures[row];
    for (const CornerAxis& corner : design.corners) used[corner.x] = used[corner.y] = true;
    std::vector<BinnedSample> binned =
        bin_samples(events, samples, ranges, used, threads, node_of_event);
    std::vector<PoolModes> pool =
        pool_modes(binned, is_doubtful, ranges,
                   scatter == markers.end() ? std::optional<std::size_t>{}
                                            : static_cast<std::size_t>(scatter - markers.begin()));
    for (std::size_t row = 0; row < transforms.size(); ++row)
      pool[row].linear = linear_bins(transforms[row], ranges[row]);
    SubsetModel model;
    model.markers = markers;
    model.subsets = design.subsets;
    model.unresolved = design.unresolved;
    model.corners = design.corners;
    model.ranges = ranges;
    model.ranges.insert(model.ranges.end(), model.corners.size(), kCornerRange);
    HierarchyLearner learner(events, samples, design, set_borders, is_doubtful, model, binned,
                             threads, turns);
    const std::optional<BlindMarker> found = learner.learn(pool, progress);
    if (!found) {
      model.blind = std::move(blind);
      return {std::move(model), learner.take_fits()};
    }
    blind.push_back(*found);  // again, as if the panel lacked it there
  }
}

SubsetModel learn_subsets(const EventView& events, const std::vector<std::string>& markers,
                          const std::vector<SampleRange>& samples, const Knowledge& knowledge,
                          const Panel& panel, std::size_t threads, Progress& progress,
                          std::span<const std::uint16_t> node_of_event,
                          const std::vector<SetBorder>& set_borders) {
  Pieces none;
  return learn_and_fit_subsets(events, markers, {}, samples, knowledge, panel, threads, progress,
                               node_of_event, set_borders, {}, none)
      .model;
}

}  // namespace gateless::annotate
