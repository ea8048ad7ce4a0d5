#include "host/annotate/subset_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/mixture_design.hpp"
#include "host/annotate/mixture_fit.hpp"
#include "host/annotate/negative_cells.hpp"
#include "host/annotate/parent_density.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"

namespace gateless {
namespace {

constexpr float kSmallestMembership =
    0.003F;                                 // below it an event is not followed into a population
constexpr std::size_t kRangeEvents = 4000;  // a sample

/// Nearly all values, with some room; a constant marker gets a range of its own.
std::vector<MarkerRange> marker_ranges(const EventView& events,
                                       const std::vector<SampleRange>& samples) {
  std::vector<MarkerRange> ranges;
  for (std::size_t row = 0; row < events.markers; ++row) {
    std::vector<float> values;
    for (const SampleRange& sample : samples) {
      const std::size_t step = std::max<std::size_t>(1, sample.count / kRangeEvents);
      for (std::size_t i = 0; i < sample.count; i += step)
        values.push_back(events.marker(row)[sample.first + i]);
    }
    MarkerRange range;
    if (!values.empty()) {
      std::sort(values.begin(), values.end());
      const std::size_t tail = values.size() / 2000;
      range.low = static_cast<double>(values[tail]);
      range.high = static_cast<double>(values[values.size() - 1 - tail]);
    }
    const double room = 0.05 * (range.high - range.low);
    range.low -= room;
    range.high += room;
    if (!(range.high > range.low)) range.high = range.low + 1.0;
    ranges.push_back(range);
  }
  return ranges;
}

BinnedSample bin_sample(const EventView& events, const SampleRange& sample,
                        const std::vector<MarkerRange>& ranges, const std::vector<bool>& is_used) {
  BinnedSample binned;
  binned.events = sample.count;
  binned.bins.resize(events.markers);
  for (std::size_t row = 0; row < events.markers; ++row) {
    if (!is_used[row]) continue;
    const auto values = events.marker(row).subspan(sample.first, sample.count);
    const auto low = static_cast<float>(ranges[row].low);
    const float scale =
        static_cast<float>(kBins) / static_cast<float>(ranges[row].high - ranges[row].low);
    std::vector<std::uint8_t>& bins = binned.bins[row];
    bins.resize(sample.count);
    for (std::size_t i = 0; i < sample.count; ++i) {
      const float bin = (values[i] - low) * scale;
      bins[i] = static_cast<std::uint8_t>(bin > 0.0F ? std::min(bin, 255.0F) : 0.0F);
    }
  }
  return binned;
}

template <class Mixtures>
std::vector<bool> used_rows(const Mixtures& mixtures, std::size_t rows) {
  std::vector<bool> used(rows, false);
  for (const auto& mixture : mixtures) {
    for (const auto& marker : mixture.markers) used[marker.marker] = true;
  }
  return used;
}

/// Modes of each marker over all samples, which count alike whatever their size. `on_other_scale`: a row, side scatter.
std::vector<PoolModes> pool_modes(const std::vector<BinnedSample>& samples,
                                  const std::vector<MarkerRange>& ranges,
                                  std::optional<std::size_t> on_other_scale) {
  double inverse = 0.0;
  for (const BinnedSample& sample : samples) {
    if (sample.events > 0) inverse += 1.0 / static_cast<double>(sample.events);
  }
  // As many equally weighted events would be known as precisely.
  const double share = inverse > 0.0 ? static_cast<double>(samples.size()) / inverse : 0.0;
  std::vector<std::vector<Mode>> modes(ranges.size());
  std::vector<bool> is_comparable(ranges.size());
  for (std::size_t row = 0; row < ranges.size(); ++row) {
    BinCounts counts{};
    for (const BinnedSample& sample : samples) {
      if (sample.bins[row].empty()) continue;
      const double weight = share / static_cast<double>(sample.events);
      for (const std::uint8_t bin : sample.bins[row]) counts[bin] += weight;
    }
    modes[row] = find_modes(counts);
    is_comparable[row] = row != on_other_scale;
  }
  std::vector<PoolModes> pool;
  for (std::size_t row = 0; row < ranges.size(); ++row)
    pool.push_back({modes[row], negative_cells_of_others(row, modes, ranges, is_comparable)});
  return pool;
}

Members everyone(std::size_t events) {
  Members members;
  members.probability.assign(events, 1.0F);
  members.events.resize(events);
  for (std::size_t i = 0; i < events; ++i) members.events[i] = static_cast<std::uint32_t>(i);
  return members;
}

/// Follows the events of one sample down the mixtures.
class Descent {
 public:
  /// `is_parent` [subsets]: populations whose members are needed again.
  Descent(const BinnedSample& sample, const std::vector<MarkerRange>& ranges,
          std::vector<bool> is_parent)
      : sample_(sample),
        ranges_(ranges),
        is_parent_(std::move(is_parent)),
        members_(is_parent_.size()) {}

  [[nodiscard]] const Members& members(std::int16_t subset) const {
    return members_[static_cast<std::size_t>(subset)];
  }
  void start(std::int16_t root) {
    members_[static_cast<std::size_t>(root)] = everyone(sample_.events);
  }

  /// Applies one mixture; calls found(subset, event, probability) for each of its subsets.
  template <class Found>
  void step(const SubsetMixture& mixture, Found found) {
    const Members& parent = members(mixture.parent);
    const SampleFit fit = fit_sample(mixture, ranges_, sample_, parent);
    std::vector<std::int16_t> targets;
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset >= 0 &&
          std::find(targets.begin(), targets.end(), one.subset) == targets.end()) {
        targets.push_back(one.subset);
      }
    }
    std::vector<Members> children(targets.size());
    classify(mixture, ranges_, fit, sample_, parent,
             [&](std::size_t i, std::span<const float> probability) {
               for (std::size_t t = 0; t < targets.size(); ++t) {
                 float p = 0.0F;
                 for (std::size_t c = 0; c < probability.size(); ++c) {
                   const SubsetClass& one = mixture.classes[c];
                   if (one.subset == targets[t])
                     p += probability[c] * static_cast<float>(one.certainty);
                 }
                 p *= parent.probability[i];
                 if (p <= 0.0F) continue;
                 found(targets[t], parent.events[i], p);
                 if (p >= kSmallestMembership && is_parent_[static_cast<std::size_t>(targets[t])]) {
                   children[t].events.push_back(parent.events[i]);
                   children[t].probability.push_back(p);
                 }
               }
             });
    for (std::size_t t = 0; t < targets.size(); ++t) {
      members_[static_cast<std::size_t>(targets[t])] = std::move(children[t]);
    }
  }

 private:
  const BinnedSample& sample_;
  const std::vector<MarkerRange>& ranges_;
  std::vector<bool> is_parent_;
  std::vector<Members> members_;  ///< [subsets]
};

/// Adds the levels of each marker as the nearest population above the parent of `mixture` has them.
std::vector<PoolModes> with_told_levels(std::vector<PoolModes> pool, const MixtureDesign& mixture,
                                        const SubsetModel& model) {
  const auto place = [&](const LevelDensity& level, const MarkerRange& range) {
    const double bins = static_cast<double>(kBins) / (range.high - range.low);
    return Mode{(level.mean - range.low) * bins, level.sd * bins, 1.0};
  };
  std::int16_t above = mixture.parent;
  while ((above = model.subsets[static_cast<std::size_t>(above)].parent) >= 0) {
    for (const SubsetMixture& other : model.mixtures) {
      if (other.parent != above) continue;
      for (const LearnedMarker& marker : other.markers) {
        PoolModes& own = pool[marker.marker];
        const bool is_told = marker.levels.size() > 1 && marker.levels.front().text[0] == '-';
        if (!is_told || own.told_negative.mass > 0.0) continue;
        own.told_negative = place(marker.levels.front(), model.ranges[marker.marker]);
        own.told_positive = place(marker.levels.back(), model.ranges[marker.marker]);
      }
    }
  }
  return pool;
}

/// Whether the parent's events show more than one mode in a marker that tells the siblings apart.
bool shows_modes(const MixtureDesign& design, const std::vector<BinnedSample>& samples,
                 const std::vector<Members>& members) {
  return std::any_of(
      design.markers.begin(), design.markers.end(), [&](const MarkerDesign& marker) {
        return find_modes(parent_density(marker.marker, samples, members).events).size() > 1;
      });
}

std::string no_modes_reason(const MixtureDesign& design, const SubsetModel& model) {
  std::vector<std::string> markers;
  for (const MarkerDesign& marker : design.markers) markers.push_back(model.markers[marker.marker]);
  return fmt::format("{} {} one population of {}", fmt::join(markers, ", "),
                     markers.size() > 1 ? "show" : "shows",
                     model.subsets[static_cast<std::size_t>(design.parent)].name);
}

/// Takes out the subsets that have a reason, and those below them: they are then unresolved.
void drop_subsets(SubsetModel& model, std::vector<std::string> reasons) {
  std::vector<ResolvedSubset> kept;
  std::vector<std::int16_t> place(model.subsets.size(), -1);
  for (std::size_t s = 0; s < model.subsets.size(); ++s) {
    ResolvedSubset subset = model.subsets[s];
    const auto parent = static_cast<std::size_t>(std::max<std::int16_t>(subset.parent, 0));
    if (subset.parent >= 0 && place[parent] < 0 && reasons[s].empty())
      reasons[s] = model.subsets[parent].name + " cannot be told";
    if (!reasons[s].empty()) {
      model.unresolved.push_back({subset.id, subset.name, reasons[s]});
      continue;
    }
    place[s] = static_cast<std::int16_t>(kept.size());
    if (subset.parent >= 0) subset.parent = place[parent];
    kept.push_back(std::move(subset));
  }
  for (SubsetMixture& mixture : model.mixtures) {
    mixture.parent = place[static_cast<std::size_t>(mixture.parent)];
    for (SubsetClass& one : mixture.classes) {
      if (one.subset >= 0) one.subset = place[static_cast<std::size_t>(one.subset)];
    }
  }
  std::erase_if(model.mixtures, [](const SubsetMixture& mixture) { return mixture.parent < 0; });
  model.subsets = std::move(kept);
}

template <class Mixtures>
std::vector<bool> parents_of(const Mixtures& mixtures, std::size_t subsets) {
  std::vector<bool> is_parent(subsets, false);
  for (const auto& mixture : mixtures) is_parent[static_cast<std::size_t>(mixture.parent)] = true;
  return is_parent;
}

}  // namespace

SubsetModel learn_subsets(const EventView& events, const std::vector<std::string>& markers,
                          const std::vector<SampleRange>& samples, const Knowledge& knowledge,
                          const Panel& panel, std::size_t threads, Progress& progress,
                          std::span<const std::uint16_t> node_of_event) {
  const AnnotationDesign design = design_annotation(knowledge, markers, panel);
  SubsetModel model;
  model.markers = markers;
  model.subsets = design.subsets;
  model.unresolved = design.unresolved;
  model.ranges = marker_ranges(events, samples);
  const std::vector<bool> used = used_rows(design.mixtures, events.markers);
  std::vector<BinnedSample> binned(samples.size());
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    binned[s] = bin_sample(events, samples[s], model.ranges, used);
    if (!node_of_event.empty())
      binned[s].nodes = node_of_event.subspan(samples[s].first, samples[s].count);
  });
  const auto scatter = std::find(markers.begin(), markers.end(), panel.side_scatter());
  const std::vector<PoolModes> pool =
      pool_modes(binned, model.ranges,
                 scatter == markers.end() ? std::optional<std::size_t>{}
                                          : static_cast<std::size_t>(scatter - markers.begin()));

  std::vector<Descent> descents;
  for (const BinnedSample& sample : binned) {
    descents.emplace_back(sample, model.ranges, parents_of(design.mixtures, model.subsets.size()));
  }
  Matrix<double> expected(samples.size(), model.subsets.size());
  for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
    if (model.subsets[subset].parent >= 0) continue;
    for (std::size_t s = 0; s < samples.size(); ++s) {
      descents[s].start(static_cast<std::int16_t>(subset));
      expected(s, subset) = static_cast<double>(samples[s].count);
    }
  }
  std::vector<std::string> reasons(model.subsets.size());  // why the data do not tell a subset
  progress.stage("annotate", design.mixtures.size());
  for (const MixtureDesign& mixture : design.mixtures) {
    std::vector<Members> members;
    for (const Descent& descent : descents) members.push_back(descent.members(mixture.parent));
    if (mixture.needs_modes && !shows_modes(mixture, binned, members)) {
      for (const ClassDesign& one : mixture.classes) {
        if (one.subset >= 0)
          reasons[static_cast<std::size_t>(one.subset)] = no_modes_reason(mixture, model);
      }
      continue;
    }
    model.mixtures.push_back(learn_mixture(
        mixture, binned, members, with_told_levels(pool, mixture, model), model.ranges, threads));
    parallel_for(threads, samples.size(), [&](std::size_t s) {
      descents[s].step(model.mixtures.back(), [&](std::int16_t subset, std::uint32_t, float p) {
        expected(s, static_cast<std::size_t>(subset)) += static_cast<double>(p);
      });
    });
    progress.step();
  }
  double total = 0.0;
  for (const SampleRange& sample : samples) total += static_cast<double>(sample.count);
  for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
    double sum = 0.0;
    for (std::size_t s = 0; s < samples.size(); ++s) sum += expected(s, subset);
    model.subsets[subset].share = total > 0.0 ? sum / total : 0.0;
  }
  drop_subsets(model, std::move(reasons));
  return model;
}

SubsetCalls call_subsets(const SubsetModel& model, const EventView& events,
                         const std::vector<SampleRange>& samples, std::size_t threads) {
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
  calls.variance = calls.expected;
  const std::vector<bool> used = used_rows(model.mixtures, events.markers);
  std::vector<bool> cuts_across;  // overlays and what is below them
  for (const ResolvedSubset& subset : model.subsets) {
    cuts_across.push_back(
        subset.is_overlay ||
        (subset.parent >= 0 && cuts_across[static_cast<std::size_t>(subset.parent)]));
  }
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    const BinnedSample binned = bin_sample(events, samples[s], model.ranges, used);
    Descent descent(binned, model.ranges, parents_of(model.mixtures, model.subsets.size()));
    std::vector<float> lineage(samples[s].count, 0.0F);  // probability of some child of a root
    for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
      if (model.subsets[subset].parent >= 0) continue;
      descent.start(static_cast<std::int16_t>(subset));
      calls.expected(s, subset) = static_cast<double>(samples[s].count);
    }
    for (const SubsetMixture& mixture : model.mixtures) {
      const bool is_top = model.subsets[static_cast<std::size_t>(mixture.parent)].parent < 0;
      descent.step(mixture, [&](std::int16_t subset, std::uint32_t event, float p) {
        const auto index = static_cast<std::size_t>(subset);
        calls.expected(s, index) += static_cast<double>(p);
        calls.variance(s, index) += static_cast<double>(p) * static_cast<double>(1.0F - p);
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
    }
    for (std::size_t i = 0; i < samples[s].count; ++i) {
      const std::size_t at = samples[s].first + i;
      if (calls.subset_of_event[at] < 0) calls.confidence[at] = std::max(0.0F, 1.0F - lineage[i]);
    }
  });
  return calls;
}

}  // namespace gateless
