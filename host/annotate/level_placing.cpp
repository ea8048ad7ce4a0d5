#include "host/annotate/level_placing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/annotate/one_mode.hpp"

namespace gateless::annotate {
namespace {

constexpr double kLargestBright = 0.25;  // of the parent; a larger upper mode is plain positive

/// Two levels from two or more modes: what lies below the widest gap between them, and what lies above. `cells`: those
/// that show them, where a border is to be drawn.
std::vector<PlacedLevel> split_at_widest_gap(const std::vector<Mode>& modes,
                                             const ParentDensity* cells, bool is_graded) {
  std::size_t gap = 1;
  for (std::size_t i = 2; i < modes.size(); ++i) {
    if (modes[i].position - modes[i - 1].position > modes[gap].position - modes[gap - 1].position)
      gap = i;
  }
  std::vector<PlacedLevel> levels;
  for (const auto& [first, last] : {std::pair(std::size_t{0}, gap), std::pair(gap, modes.size())}) {
    double mass = 0.0, mean = 0.0, square = 0.0;
    for (std::size_t i = first; i < last; ++i) {
      mass += modes[i].mass;
      mean += modes[i].mass * modes[i].position;
      square += modes[i].mass * (modes[i].position * modes[i].position + modes[i].sd * modes[i].sd);
    }
    mean /= mass;
    levels.push_back({mean, std::sqrt(std::max(25.0, square / mass - mean * mean)), true});
  }
  for (PlacedLevel& level : levels) {
    level.gap = levels.back().mean - levels.front().mean;
    level.is_shown = true;
  }
  if (cells != nullptr)
    levels.front().border = border_between(*cells, modes[gap - 1], modes[gap], is_graded);
  return levels;
}

/// Bright beside everything else: a mode far above the parent's largest one, in the parent or in a stratum of it; else
/// what lies beyond the 95 % point of that mode, which may be nothing. Neither is learned from how many events it holds.
std::vector<PlacedLevel> place_bright(const MarkerDesign& marker, const ParentDensity& parent,
                                      const std::vector<Mode>& of_parent) {
  std::vector<Mode> modes = find_tops(parent.events, true);
  if (modes.empty()) modes = of_parent;
  // The parent of an overlay holds other subsets, too: only the top of its mode is of one of them.
  const bool is_lone = modes.size() == 1 && !marker.is_of_overlay;
  const Mode bulk = marker.is_corner ? bulk_of(parent.events)
                    : is_lone        ? main_mode(parent.events).value_or(modes.front())
                                     : *largest_of(modes);
  Mode bright{bulk.position + 2.0 * kBrightReach * bulk.sd, bulk.sd, 0.0};
  const double from = bulk.position + 2.0 * kBrightReach * bulk.sd;
  const auto look_at = [&](const std::vector<Mode>& found, double smallest) {
    for (const Mode& mode : found) {
      if (mode.position > from && mode.mass >= smallest && mode.mass > bright.mass) bright = mode;
    }
  };
  look_at(modes, 0.0);
  if (bright.mass == 0.0) {
    for (const BinCounts& counts : parent.strata)
      look_at(find_tops(counts, true), kSmallestStratumMode);
  }
  const double gap = bright.position - bulk.position;
  PlacedLevel plain{bulk.position, bulk.sd, true, gap};
  if (marker.is_opposed)
    plain.border = {leaves_mode_at(parent.events, bulk), doubt_between(bulk.sd, bright.sd, gap)};
  PlacedLevel top{bright.position, bright.sd, bright.mass > 0.0, gap};
  plain.is_rigid = top.is_rigid = true;
  return {plain, top};
}

/// Modes of the parent that lie within the spread of the pool's negative cells are one: they are negative, however the
/// counts of single ions or the noise of the detector divide them.
std::vector<Mode> join_negative_modes(std::vector<Mode> modes, const PoolModes& pool) {
  while (modes.size() > 1 && is_negative(modes[1], pool)) {
    const double mass = modes[0].mass + modes[1].mass;
    modes[1] = {(modes[0].mass * modes[0].position + modes[1].mass * modes[1].position) / mass,
                std::max(negative_control(pool)->sd, modes[1].sd), mass};
    modes.erase(modes.begin());
  }
  return modes;
}

/// Levels without one that is set apart as bright.
std::vector<PlacedLevel> place_plain(std::size_t levels, const MarkerDesign& marker,
                                     const ParentDensity& parent, const std::vector<Mode>& modes,
                                     const PoolModes& pool) {
  if (levels == 1) {
    const auto largest = std::max_element(
        modes.begin(), modes.end(), [](const Mode& a, const Mode& b) { return a.mass < b.mass; });
    return {{largest->position, largest->sd, true}};
  }
  if (levels == 2) {
    // Dim cells widen the negative mode of a population; that of its whole lineage shows negative cells at their purest.
    if (marker.is_graded && marker.has_border && !pool.of_lineage.empty()) return pool.of_lineage;
    return modes.size() >= 2
               ? split_at_widest_gap(modes, marker.has_border ? &parent : nullptr, marker.is_graded)
               : place_two_in_one_mode(marker, parent, modes.front(), pool);
  }
  std::vector<PlacedLevel> placed;
  const double low = std::min(modes.front().position, quantile(parent.events, 0.03));
  const double high = std::max(modes.back().position, quantile(parent.events, 0.97));
  for (std::size_t l = 0; l < levels; ++l) {
    if (modes.size() >= levels) {
      const Mode& mode = modes[l * (modes.size() - 1) / (levels - 1)];
      placed.push_back({mode.position, mode.sd, true});
    } else {
      // Fewer modes than levels: spread over the range that the parent shows.
      const double share = static_cast<double>(l) / static_cast<double>(levels - 1);
      placed.push_back({low + share * (high - low),
                        std::max(5.0, (high - low) / (2.0 * static_cast<double>(levels))), true});
    }
  }
  return placed;
}

/// Side scatter of lymphocytes, monocytes and granulocytes, which rises in this order (Terstappen LW et al. 1988, "Four-
/// parameter white blood cell differential counting based on light scattering measurements": abstract read, it gives no
/// ratios). The lymphocytes are the lowest mode of some size. That the others scatter about 2.5 and 6 times as much is
/// from memory of such plots, no source read: it only says near which ratios their modes are looked for.
std::vector<PlacedLevel> place_scatter(std::size_t levels, const std::vector<Mode>& modes,
                                       double bins_per_unit) {
  constexpr double kSmallestLymphocytes = 0.03;
  constexpr double kMonocytes = 0.92, kGranulocytes = 1.79;  // log 2.5, log 6
  constexpr double kReach = 0.4;
  auto first = std::find_if(modes.begin(), modes.end(),
                            [](const Mode& mode) { return mode.mass >= kSmallestLymphocytes; });
  if (first == modes.end()) first = modes.begin();
  std::vector<PlacedLevel> placed{{first->position, first->sd, true}};
  for (std::size_t l = 1; l < levels; ++l) {
    const double distance = kMonocytes + (kGranulocytes - kMonocytes) * static_cast<double>(l - 1);
    const double expected = first->position + distance * bins_per_unit;
    const auto nearest = std::min_element(first, modes.end(), [&](const Mode& a, const Mode& b) {
      return std::abs(a.position - expected) < std::abs(b.position - expected);
    });
    const bool is_seen = std::abs(nearest->position - expected) < kReach * bins_per_unit;
    placed.push_back({is_seen ? nearest->position : expected, first->sd, is_seen});
  }
  return placed;
}

/// Two levels on the sides of a border that is set by hand: where they were placed, if that is their side.
std::vector<PlacedLevel> place_around(double border, const ParentDensity& parent,
                                      std::vector<PlacedLevel> levels) {
  const Mode bulk = largest_of(find_tops(parent.events)).value_or(Mode{border, 10.0, 0.0});
  PlacedLevel& negative = levels.front();
  PlacedLevel& positive = levels.back();
  negative.mean = std::min(negative.mean, border - kBrightReach * bulk.sd);
  positive.mean = std::max(positive.mean, border + kBrightReach * bulk.sd);
  const double gap = positive.mean - negative.mean;
  for (PlacedLevel* level : {&negative, &positive}) {
    level->sd = std::min(level->sd, std::abs(level->mean - border) / kBrightReach);
    level->gap = gap;
    level->certainty = 1.0;
    level->is_anchored = true;
    level->is_untold = level->is_shown = false;
  }
  negative.border = {border, doubt_between(negative.sd, positive.sd, gap), true};
  return levels;
}

}  // namespace

std::vector<PlacedLevel> place_by_valley(const MarkerDesign& marker, const ParentDensity& cells,
                                         const PoolModes& pool) {
  std::vector<Mode> modes = find_modes(cells.events);
  if (marker.lowest_is_negative) modes = join_negative_modes(modes, pool);
  if (modes.size() < 2 || marker.levels.size() != 2) return {};
  std::vector<PlacedLevel> levels = split_at_widest_gap(modes, &cells, marker.is_graded);
  if (levels.front().border.sd <= 0.0) return {};
  for (PlacedLevel& level : levels) level.is_anchored = true;
  return levels;
}

std::vector<PlacedLevel> place_levels(const MarkerDesign& marker, const ParentDensity& parent,
                                      const PoolModes& pool, double bins_per_unit) {
  std::vector<Mode> modes = find_modes(parent.events);
  if (marker.lowest_is_negative) modes = join_negative_modes(modes, pool);
  if (modes.size() == 1 && marker.is_of_lineage && marker.lowest_is_negative &&
      marker.levels.size() == 2) {
    if (const auto rare = find_rare_mode(parent.events, modes.front())) modes.push_back(*rare);
  }
  if (modes.empty()) modes = pool.own;
  if (modes.empty()) modes = {{128.0, 20.0, 1.0}};
  if (marker.is_scatter) return place_scatter(marker.levels.size(), modes, bins_per_unit);
  if (!marker.highest_is_bright) {
    std::vector<PlacedLevel> placed =
        place_plain(marker.levels.size(), marker, parent, modes, pool);
    return pool.set_border && placed.size() == 2
               ? place_around(*pool.set_border, parent, std::move(placed))
               : placed;
  }
  if (marker.levels.size() == 2 && !marker.is_of_lineage)
    return place_bright(marker, parent, modes);
  // Bright is the top of the parent: a mode of its own, or where its last events are.
  const double top = quantile(parent.events, 0.995);
  Mode bright{top, modes.back().sd, 0.0};
  // One mode too few, and the lowest is not negative: negative cells make no mode here, and the highest one is bright.
  const bool is_shifted = modes.size() > 1 && modes.size() + 1 == marker.levels.size() &&
                          lacks_negative(marker, modes.front(), pool);
  if ((modes.size() >= marker.levels.size() || is_shifted) && modes.back().mass < kLargestBright) {
    bright = modes.back();
    modes.pop_back();
  }
  bright.position = std::max(bright.position, modes.back().position + 1.5 * modes.back().sd);
  std::vector<PlacedLevel> placed =
      place_plain(marker.levels.size() - 1, marker, parent, modes, pool);
  placed.push_back({bright.position, bright.sd, false});
  return placed;
}

}  // namespace gateless::annotate
