#include "host/annotate/level_placing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/annotate/negative_cells.hpp"

namespace gateless {
namespace {

constexpr double kLargestBright = 0.25;  // of the parent; a larger upper mode is plain positive
constexpr double kNegativeReach = 2.0;   // spreads of negative cells
constexpr double kKnownReach = 3.0;     // ... of those that show what is negative within the parent
constexpr double kBrightReach = 1.645;  // spreads: 95 % of one population lie below
constexpr double kApart = 2.5;          // spreads between the modes of a stratum and of its parent
constexpr double kNear = 1.8;           // ... where each sibling asks for one side of a border
constexpr double kSmallestStratumMode = 0.15;
constexpr double kFewestToJudge = 200.0;  // events of a parent from which a marker is called blind
constexpr double kSurePositive = 0.8;     // of a single mode: two spreads above negative cells
constexpr double kDim = 8.0;  // spreads above negative cells (a stain index of 4): less is dim

double quantile(const BinCounts& counts, double share) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  double seen = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    seen += counts[bin];
    if (seen >= share * total) return static_cast<double>(bin);
  }
  return static_cast<double>(kBins - 1);
}

/// Two levels from two or more modes: what lies below the widest gap between them, and what lies above. `counts`: the
/// density that shows them, where a border is to be drawn.
std::vector<PlacedLevel> split_at_widest_gap(const std::vector<Mode>& modes,
                                             const BinCounts* counts) {
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
  if (counts != nullptr)
    levels.front().border = border_between(*counts, modes[gap - 1], modes[gap]);
  return levels;
}

/// The negative cells outside the parent: as learned where it was divided last, or the pool's lowest mode of several.
std::optional<Mode> negative_control(const PoolModes& pool) {
  if (pool.told_negative.mass > 0.0) return pool.told_negative;
  if (pool.own.size() > 1) return pool.own.front();
  return std::nullopt;
}

/// Whether a mode of the parent lies within the spread of negative cells.
bool is_negative(const Mode& mode, const PoolModes& pool) {
  const std::optional<Mode> negative = negative_control(pool);
  return negative && mode.position <= negative->position + kNegativeReach * negative->sd;
}

/// Whether cells outside the parent are negative where a level of it was found, or no lower.
bool is_known_negative(const PlacedLevel& level, const PoolModes& pool) {
  const auto holds = [&](const Mode& mode) {
    return mode.mass > 0.0 && level.mean <= mode.position + kKnownReach * mode.sd;
  };
  return holds(pool.told_negative) || holds(pool.lowest_lineage) ||
         (pool.own.size() > 1 && holds(pool.own.front()));
}

std::optional<Mode> largest_of(const std::vector<Mode>& modes) {
  if (modes.empty()) return std::nullopt;
  return *std::max_element(modes.begin(), modes.end(),
                           [](const Mode& a, const Mode& b) { return a.mass < b.mass; });
}

/// Bright beside everything else: a mode far above the parent's largest one, in the parent or in a stratum of it; else
/// what lies beyond the 95 % point of that mode, which may be nothing. Neither is learned from how many events it holds.
std::vector<PlacedLevel> place_bright(const MarkerDesign& marker, const ParentDensity& parent,
                                      const std::vector<Mode>& of_parent) {
  std::vector<Mode> modes = find_tops(parent.events);
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
    for (const BinCounts& counts : parent.strata) look_at(find_tops(counts), kSmallestStratumMode);
  }
  const double gap = bright.position - bulk.position;
  PlacedLevel plain{bulk.position, bulk.sd, true, gap};
  PlacedLevel top{bright.position, bright.sd, bright.mass > 0.0, gap};
  plain.is_rigid = top.is_rigid = true;
  return {plain, top};
}

/// Two levels where the parent shows one mode but a stratum of it another: among CD27+ B cells those without IgD stand
/// apart, that all B cells hide in the tail of the naive ones.
std::vector<PlacedLevel> place_by_strata(const ParentDensity& parent, double apart_by) {
  const std::optional<Mode> only = largest_of(find_tops(parent.events));
  if (!only) return {};
  std::optional<Mode> other;
  double highest = 0.0;
  for (const BinCounts& counts : parent.strata) {
    for (const Mode& mode : find_tops(counts)) {
      const double apart = std::abs(mode.position - only->position) / (0.5 * (mode.sd + only->sd));
      // The most and the narrowest: where a stratum holds nothing else.
      if (apart <= apart_by || mode.mass < kSmallestStratumMode || mode.mass / mode.sd <= highest)
        continue;
      highest = mode.mass / mode.sd;
      other = mode;
    }
  }
  if (!other) return {};
  const double gap = std::abs(other->position - only->position);
  PlacedLevel seen{only->position, only->sd, true, gap};
  PlacedLevel found{other->position, other->sd, true, gap};
  seen.is_anchored = found.is_anchored = true;
  seen.is_shown = found.is_shown = true;
  // The flanks that face each other draw the border.
  if (found.mean < seen.mean) {
    seen.sd = only->left;
    return {found, seen};
  }
  seen.sd = only->right;
  return {seen, found};
}

/// Two levels where all that the parent shows stands out from another lineage: that one's cells are negative.
std::vector<PlacedLevel> place_by_lineage(const ParentDensity& parent, const Mode& lineage) {
  const std::optional<Mode> top = largest_of(find_tops(parent.events));
  if (!top || lineage.mass <= 0.0) return {};
  const double gap = top->position - lineage.position;
  if (gap <= kApart * 0.5 * (top->sd + lineage.sd)) return {};
  PlacedLevel negative{lineage.position, lineage.sd, false, gap};
  PlacedLevel positive{top->position, top->left, true, gap};
  negative.is_anchored = positive.is_anchored = true;
  return {negative, positive};
}

/// Two levels where all that the parent shows is negative: what lies beyond the edge of its mode is positive.
std::vector<PlacedLevel> place_beyond(const Mode& only, const ParentDensity& parent) {
  const Mode mode = largest_of(find_tops(parent.events)).value_or(only);
  const double gap = 2.0 * kBrightReach * mode.sd;
  PlacedLevel negative{mode.position, mode.sd, true, gap};
  PlacedLevel positive{mode.position + gap, mode.sd, false, gap};
  negative.border = {mode.position + 0.5 * gap, doubt_between(mode.sd, mode.sd, gap)};
  return {negative, positive};
}

/// Two levels where the parent shows one mode: the other one is looked for in the pool.
std::vector<PlacedLevel> place_two_in_one_mode(const MarkerDesign& marker,
                                               const ParentDensity& parent, const Mode& only,
                                               const PoolModes& pool) {
  const bool lowest_is_negative = marker.lowest_is_negative;
  const Mode* below = nullptr;
  const Mode* above = nullptr;
  for (const Mode& mode : pool.own) {
    if (mode.position < only.position - 2.0 * only.sd && below == nullptr) below = &mode;
    if (mode.position > only.position + 2.5 * only.sd) above = &mode;
  }
  if (above == nullptr && pool.told_positive.mass > 0.0 &&
      pool.told_positive.position > only.position + 2.5 * only.sd)
    above = &pool.told_positive;
  const PlacedLevel seen{only.position, only.sd, true};
  // Where the lower level holds dim cells, too, one dim mode is of it, and not the positive one.
  const auto may_be_dim = [&](const Mode& negative) {
    return !marker.is_of_lineage && marker.levels.front().ends_with("low") &&
           only.position - negative.position < kDim * negative.sd;
  };
  if (lowest_is_negative) {
    if (marker.has_border && !pool.of_lineage.empty()) return pool.of_lineage;
    std::vector<PlacedLevel> by_strata =
        place_by_strata(parent, marker.has_border && !marker.must_stand_out ? kNear : kApart);
    // That the least of a stratum are negative, only other cells can say: else they may be dim.
    const bool is_below = !by_strata.empty() && by_strata.front().mean < only.position - 1.0;
    if (!by_strata.empty() && (!is_below || is_known_negative(by_strata.front(), pool)))
      return by_strata;
    if (marker.has_border && !pool.shown.empty()) return pool.shown;
    std::vector<PlacedLevel> by_lineage = place_by_lineage(parent, pool.lowest_lineage);
    if (!by_lineage.empty() && !may_be_dim(pool.lowest_lineage)) return by_lineage;
    const double events = std::accumulate(parent.events.begin(), parent.events.end(), 0.0);
    if (marker.must_stand_out && pool.lowest_lineage.mass > 0.0 && events >= kFewestToJudge) {
      PlacedLevel untold = seen;
      untold.is_untold = true;
      return {untold, seen};
    }
  }
  if (below != nullptr && lowest_is_negative && !is_negative(only, pool))
    return {{below->position, below->sd, false}, seen};
  if (!lowest_is_negative && below == nullptr) {
    // Low against positive within one broad mode.
    return {{quantile(parent.events, 0.1), only.sd * 0.7, true},
            {quantile(parent.events, 0.7), only.sd * 0.7, true}};
  }
  if (marker.has_border && above != nullptr) return place_beyond(only, parent);
  if (above != nullptr) {
    // Cells of this parent may have less of it than others, but more than negative cells.
    const Mode negative = negative_control(pool).value_or(only);
    const double floor = std::max(only.position + kNegativeReach * only.sd,
                                  negative.position + kNegativeReach * negative.sd);
    return {seen, {above->position, above->sd, false, 0.0, 1.0, std::min(floor, above->position)}};
  }
  // No other mode anywhere: cells that were sorted or gated before have no negative ones beside them.
  const double certainty = certainty_above(pool.negatives, only.position);
  const double above_negatives = only.position - pool.negatives.position;
  if (lowest_is_negative && certainty >= kSurePositive && !may_be_dim(pool.negatives)) {
    return {{pool.negatives.position, pool.negatives.sd, false, above_negatives, certainty},
            {only.position, only.sd, true, above_negatives, certainty}};
  }
  const std::vector<Mode> of_nodes = find_modes(parent.node_means);
  if (of_nodes.size() >= 2 && of_nodes.back().position > only.position + 2.5 * only.sd) {
    const double gap = of_nodes.back().position - only.position;
    return {{only.position, only.sd, true, gap},
            {of_nodes.back().position, std::max(of_nodes.back().sd, parent.node_sd), false, gap}};
  }
  if (marker.has_border) return place_beyond(only, parent);
  return {seen, {only.position + std::max(3.5 * only.sd, 25.0), only.sd, false}};
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
    return modes.size() >= 2
               ? split_at_widest_gap(modes, marker.has_border ? &parent.events : nullptr)
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

std::vector<PlacedLevel> place_by_valley(const MarkerDesign& marker, const BinCounts& counts,
                                         const PoolModes& pool) {
  std::vector<Mode> modes = find_modes(counts);
  if (marker.lowest_is_negative) modes = join_negative_modes(modes, pool);
  if (modes.size() < 2 || marker.levels.size() != 2) return {};
  std::vector<PlacedLevel> levels = split_at_widest_gap(modes, &counts);
  if (levels.front().border.sd <= 0.0) return {};
  for (PlacedLevel& level : levels) level.is_anchored = true;
  return levels;
}

std::vector<PlacedLevel> place_levels(const MarkerDesign& marker, const ParentDensity& parent,
                                      const PoolModes& pool, double bins_per_unit) {
  std::vector<Mode> modes = find_modes(parent.events);
  if (marker.lowest_is_negative) modes = join_negative_modes(modes, pool);
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
  if (modes.size() >= marker.levels.size() && modes.back().mass < kLargestBright) {
    bright = modes.back();
    modes.pop_back();
  }
  bright.position = std::max(bright.position, modes.back().position + 1.5 * modes.back().sd);
  std::vector<PlacedLevel> placed =
      place_plain(marker.levels.size() - 1, marker, parent, modes, pool);
  placed.push_back({bright.position, bright.sd, false});
  return placed;
}

}  // namespace gateless
