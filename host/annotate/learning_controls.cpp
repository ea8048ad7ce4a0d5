#include "host/annotate/learning_controls.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "host/annotate/parent_density.hpp"

namespace gateless::annotate {

bool LearningControls::is_lineage(std::int16_t subset) const {
  const std::int16_t parent = model_.subsets[static_cast<std::size_t>(subset)].parent;
  return parent >= 0 && model_.subsets[static_cast<std::size_t>(parent)].parent < 0;
}

void LearningControls::remember(const MixtureDesign& mixture, const LearnedMixture& learned) {
  for (std::size_t m = 0; m < learned.placed.size(); ++m) {
    const MarkerDesign& marker = mixture.markers[m];
    std::vector<PlacedLevel> levels = learned.placed[m];
    if (!marker.has_border || !levels.front().is_shown) continue;
    for (PlacedLevel& level : levels) level.is_anchored = true;
    shown_.try_emplace({marker.marker, lineage_of(mixture.parent)}, levels);
  }
}

bool LearningControls::has_set_border(const MixtureDesign& mixture) const {
  return std::any_of(mixture.markers.begin(), mixture.markers.end(),
                     [&](const MarkerDesign& marker) {
                       return set_border(marker.marker, mixture.parent).has_value();
                     });
}

std::vector<PoolModes> LearningControls::of(const MixtureDesign& mixture,
                                            const std::vector<PoolModes>& pool) {
  std::vector<PoolModes> with = with_told_levels(pool, mixture, model_);
  for (const MarkerDesign& marker : mixture.markers) {
    if (!marker.is_corner)
      with[marker.marker].set_border = set_border(marker.marker, mixture.parent);
  }
  if (mixture.is_lineage) return with;
  for (const MarkerDesign& marker : mixture.markers) {
    if (marker.is_corner || marker.is_scatter) continue;
    const auto shown = shown_.find({marker.marker, lineage_of(mixture.parent)});
    if (shown != shown_.end()) with[marker.marker].shown = shown->second;
    const std::int16_t lineage = lineage_of(mixture.parent);
    if (marker.has_border && lineage >= 0 && lineage != mixture.parent) {
      with[marker.marker].of_lineage =
          place_by_valley(marker, parent_density(marker.marker, binned_, members_of_(lineage)),
                          with[marker.marker]);
    }
    if (const auto lowest = lowest_lineage(marker.marker, mixture.parent))
      with[marker.marker].lowest_lineage = mode_of(marker.marker, *lowest);
    if (marker.has_border)
      with[marker.marker].beside = beside(marker, mixture.parent, with[marker.marker]);
  }
  return with;
}

/// What another population of the lineage shows of `marker`, whose turn is yet to come: CD8 T cells stand out by CD45RA
/// where CD4 T cells do not.
std::vector<PlacedLevel> LearningControls::beside(const MarkerDesign& marker, std::int16_t parent,
                                                  const PoolModes& pool) const {
  for (const MixtureDesign& other : design_.mixtures) {
    if (other.parent == parent || lineage_of(other.parent) != lineage_of(parent)) continue;
    for (const MarkerDesign& its : other.markers) {
      if (its.marker != marker.marker || !its.has_border) continue;
      const ParentDensity density = parent_density(its.marker, binned_, members_of_(other.parent));
      if (find_modes(density.events).empty()) continue;
      std::vector<PlacedLevel> levels = place_levels(its, density, pool, 1.0);
      if (levels.size() != 2 || !levels.back().is_seen || levels.front().is_untold) continue;
      for (PlacedLevel& level : levels) level.is_anchored = level.is_rigid = true;
      return levels;
    }
  }
  return {};
}

/// The border that was set by hand for a population or the nearest one that holds it, bins.
std::optional<double> LearningControls::set_border(std::size_t row, std::int16_t population) const {
  const auto within = [&](const std::string& id) -> std::optional<double> {
    for (const SetBorder& border : set_borders_) {
      if (border.marker != model_.markers[row] || border.within != id) continue;
      const MarkerRange& range = model_.ranges[row];
      return (border.at - range.low) / (range.high - range.low) * static_cast<double>(kBins);
    }
    return std::nullopt;
  };
  for (; population >= 0;
       population = model_.subsets[static_cast<std::size_t>(population)].parent) {
    if (const auto at = within(model_.subsets[static_cast<std::size_t>(population)].id)) return at;
  }
  return within("");
}

/// The lineage that holds `subset`; -1: none.
std::int16_t LearningControls::lineage_of(std::int16_t subset) const {
  while (subset >= 0 && !is_lineage(subset))
    subset = model_.subsets[static_cast<std::size_t>(subset)].parent;
  return subset;
}

std::optional<std::int16_t> LearningControls::lowest_lineage(std::size_t row, std::int16_t parent) {
  const std::int16_t own = lineage_of(parent);
  std::optional<std::int16_t> lowest;
  for (std::int16_t s = 0; s < static_cast<std::int16_t>(model_.subsets.size()); ++s) {
    if (!is_lineage(s) || s == own || mode_of(row, s).mass <= 0.0) continue;
    if (!lowest || mode_of(row, s).position < mode_of(row, *lowest).position) lowest = s;
  }
  return lowest;
}

/// The largest mode of a lineage in a marker; a mass of 0: too few events to say.
const Mode& LearningControls::mode_of(std::size_t row, std::int16_t lineage) {
  const auto [at, is_new] = modes_.try_emplace({row, lineage}, Mode{0.0, 1.0, 0.0});
  if (is_new) {
    constexpr double kFewestEvents = 200.0;
    const BinCounts counts = parent_density(row, binned_, members_of_(lineage)).events;
    const std::vector<Mode> tops = find_tops(counts);
    if (!tops.empty() && std::accumulate(counts.begin(), counts.end(), 0.0) >= kFewestEvents) {
      at->second = *std::max_element(tops.begin(), tops.end(),
                                     [](const Mode& a, const Mode& b) { return a.mass < b.mass; });
    }
  }
  return at->second;
}

}  // namespace gateless::annotate
