// Learns the mixtures of all populations, parents before children.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>

#include "host/annotate/binned_events.hpp"
#include "host/annotate/descent.hpp"
#include "host/annotate/negative_cells.hpp"
#include "host/annotate/parent_density.hpp"
#include "host/core/parallel.hpp"

namespace gateless {
namespace {

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
      if (row >= sample.bins.size() || sample.bins[row].empty()) continue;  // or a corner
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
        const std::string& lowest = marker.levels.front().text;
        const bool is_told = marker.levels.size() > 1 && (lowest == "-" || lowest == "-/low");
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
  return std::any_of(design.markers.begin(), design.markers.end(), [&](const MarkerDesign& marker) {
    return find_modes(parent_density(marker.marker, samples, members).events).size() > 1;
  });
}

/// Where the parent's modes in both markers of a corner lie, and how far its events spread on their emptier side.
void place_corner(CornerAxis& corner, const std::vector<BinnedSample>& samples,
                  const std::vector<Members>& members, const std::vector<MarkerRange>& ranges) {
  const auto place = [&](std::size_t row, double& mode, double& sd) {
    const Mode largest = bulk_of(parent_density(row, samples, members).events);
    const double unit = (ranges[row].high - ranges[row].low) / static_cast<double>(kBins);
    mode = ranges[row].low + (largest.position + 0.5) * unit;
    sd = largest.sd * unit;
  };
  place(corner.x, corner.x_mode, corner.x_sd);
  place(corner.y, corner.y_mode, corner.y_sd);
}

std::string no_modes_reason(const MixtureDesign& design, const SubsetModel& model) {
  std::vector<std::string> markers;
  for (const MarkerDesign& marker : design.markers) markers.push_back(row_name(model, marker.marker));
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
  model.corners = design.corners;
  model.ranges.insert(model.ranges.end(), model.corners.size(), kCornerRange);
  const std::vector<bool> used = used_rows(design.mixtures, events.markers);
  std::vector<BinnedSample> binned(samples.size());
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    binned[s] = bin_sample(events, samples[s], model.ranges, used);
    binned[s].bins.resize(model.ranges.size());  // corners follow as their parents are learned
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
    for (const MarkerDesign& marker : mixture.markers) {
      if (!marker.is_corner) continue;
      CornerAxis& corner = model.corners[marker.marker - events.markers];
      place_corner(corner, binned, members, model.ranges);
      parallel_for(threads, samples.size(),
                   [&](std::size_t s) { binned[s].bins[marker.marker] = bin_corner(events, samples[s], corner); });
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

}  // namespace gateless
