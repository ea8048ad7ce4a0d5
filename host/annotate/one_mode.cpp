// Two levels where the parent shows one mode.
#include "host/annotate/one_mode.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/annotate/negative_cells.hpp"
#include "host/annotate/strata_levels.hpp"

namespace gateless::annotate {
namespace {

constexpr double kNegativeReach = 2.0;   // spreads of negative cells
constexpr double kApart = 2.5;           // spreads between the modes of a stratum and of its parent
constexpr double kNear = 1.8;            // ... where each sibling asks for one side of a border
constexpr double kLikelyPositive = 0.7;  // ... one and a half: it may be either
constexpr double kTwoTops =
    2.0;  // spreads: two equal normal densities closer than this make one top
constexpr double kSmallestOfTwo = 0.1;  // of the events: less is a tail
constexpr double kNoiseWidth = 0.8,
                 kBroadestNoise = 1.5;  // of the spread of other markers' negative cells
constexpr double kDim = 8.0;  // spreads above negative cells (a stain index of 4): less is dim

/// Positive cells in the flank of the parent's mode say nothing about where negative ones end.
void end_by_flank(PlacedLevel& negative, const ParentDensity& parent, const PoolModes& pool) {
  const std::optional<Mode> top = largest_of(find_tops(parent.events));
  if (!top) return;
  const std::optional<double> end = end_by_lower_flank(parent.events, *top, pool.linear);
  if (end && *end > negative.mean) negative.border.at = std::min(negative.border.at, *end);
}

/// Two levels where the parent shows one mode that is broader than a population: two normal densities make it up, the lower
/// one where other markers' negative cells lie and about as wide, and further apart than two that make one top.
std::vector<PlacedLevel> place_by_two_normals(const ParentDensity& parent, const PoolModes& pool) {
  const double events = std::accumulate(parent.events.begin(), parent.events.end(), 0.0);
  if (events < kFewestToJudge || pool.negatives.mass < kFewestNegatives) return {};
  const TwoNormals two = two_normals(parent.events, kNoiseWidth * pool.negatives.left);
  if (two.apart < kTwoTops || std::min(two.lower.mass, two.upper.mass) < kSmallestOfTwo) return {};
  if (two.lower.position > pool.negatives.position + kNegativeReach * pool.negatives.sd ||
      two.lower.sd > kBroadestNoise * pool.negatives.left || is_one_of(two.upper, pool.negatives))
    return {};
  const double gap = two.upper.position - two.lower.position;
  PlacedLevel negative{two.lower.position, two.lower.sd, true, gap};
  PlacedLevel positive{two.upper.position, two.upper.sd, true, gap};
  negative.is_anchored = positive.is_anchored = true;
  negative.is_shown = positive.is_shown = true;
  negative.border = two.between;
  end_by_flank(negative, parent, pool);
  return {negative, positive};
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

}  // namespace

double quantile(const BinCounts& counts, double share) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  double seen = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    seen += counts[bin];
    if (seen >= share * total) return static_cast<double>(bin);
  }
  return static_cast<double>(kBins - 1);
}

std::optional<Mode> negative_control(const PoolModes& pool) {
  if (pool.told_negative.mass > 0.0) return pool.told_negative;
  if (pool.own.size() > 1) return pool.own.front();
  return std::nullopt;
}

bool lacks_negative(const MarkerDesign& marker, const Mode& lowest, const PoolModes& pool) {
  const bool has_bright = marker.highest_is_bright && marker.levels.size() > 2;
  return has_bright && marker.lowest_is_negative && negative_control(pool) &&
         !is_known_negative(lowest.position, pool);
}

bool is_negative(const Mode& mode, const PoolModes& pool) {
  const std::optional<Mode> negative = negative_control(pool);
  return negative && mode.position <= negative->position + kNegativeReach * negative->sd;
}

std::optional<Mode> largest_of(const std::vector<Mode>& modes) {
  if (modes.empty()) return std::nullopt;
  return *std::max_element(modes.begin(), modes.end(),
                           [](const Mode& a, const Mode& b) { return a.mass < b.mass; });
}

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
  const auto untold = [&] {
    PlacedLevel level = seen;
    level.is_untold = true;
    return std::vector<PlacedLevel>{level, seen};
  };
  const auto beyond_or_untold = [&] {
    if (marker.must_be_shown) return untold();
    std::vector<PlacedLevel> levels =
        place_beyond(largest_of(find_tops(parent.events)).value_or(only));
    end_by_flank(levels.front(), parent, pool);
    return levels;
  };
  // Where the lower level of an overlay holds dim cells, too, one dim mode is of it, and not the positive one.
  const auto may_be_dim = [&](const Mode& negative) {
    return marker.is_of_overlay && marker.levels.front().ends_with("low") &&
           only.position - negative.position < kDim * negative.sd;
  };
  if (lowest_is_negative) {
    if (marker.has_border && !pool.of_lineage.empty()) return pool.of_lineage;
    // Dim and bright cells of a graded marker are of different populations: there no stratum has what another one has.
    if (marker.has_border && !marker.must_stand_out && !marker.is_graded) {
      std::vector<PlacedLevel> by_crossing = place_where_strata_cross(parent, pool);
      if (!by_crossing.empty()) return by_crossing;
    }
    // Beside a bright level, one mode that is not negative is the positive one: what lies above it is bright.
    const bool is_positive = lacks_negative(marker, only, pool);
    std::vector<PlacedLevel> by_strata = place_by_strata(
        parent, marker.has_border && !marker.must_stand_out ? kNear : kApart, is_positive, pool);
    // That the least of a stratum are negative, only other cells can say: else they may be dim.
    const bool is_below = !by_strata.empty() && by_strata.front().mean < only.position - 1.0;
    if (!by_strata.empty() && (!is_below || is_known_negative(by_strata.front().mean, pool)))
      return by_strata;
    if (marker.has_border && !marker.must_stand_out) {
      std::vector<PlacedLevel> by_two = place_by_two_normals(parent, pool);
      if (!by_two.empty()) return by_two;
    }
    if (marker.has_border && !pool.shown.empty()) return pool.shown;
    std::vector<PlacedLevel> by_lineage = place_by_lineage(parent, pool.lowest_lineage);
    if (!by_lineage.empty() && !may_be_dim(pool.lowest_lineage)) return by_lineage;
    if (marker.has_border && !pool.beside.empty() &&
        (pool.negatives.mass < kFewestNegatives ||
         certainty_above(pool.negatives, only.position) < kSurePositive))
      return pool.beside;
    const double events = std::accumulate(parent.events.begin(), parent.events.end(), 0.0);
    if (marker.must_stand_out && pool.lowest_lineage.mass > 0.0 && events >= kFewestToJudge) {
      return untold();
    }
  }
  if (below != nullptr && lowest_is_negative && !is_negative(only, pool))
    return {{below->position, below->sd, false}, seen};
  if (!lowest_is_negative && below == nullptr) {
    // Low against positive within one broad mode.
    return {{quantile(parent.events, 0.1), only.sd * 0.7, true},
            {quantile(parent.events, 0.7), only.sd * 0.7, true}};
  }
  if (marker.has_border && above != nullptr) return beyond_or_untold();
  if (above != nullptr) {
    // Cells of this parent may have less of it than others, but more than negative cells.
    const Mode negative = negative_control(pool).value_or(only);
    const double floor = std::max(only.position + kNegativeReach * only.sd,
                                  negative.position + kNegativeReach * negative.sd);
    return {seen, {above->position, above->sd, false, 0.0, 1.0, std::min(floor, above->position)}};
  }
  // No other mode anywhere: cells that were sorted or gated before have no negative ones beside them. Within a population two
  // markers suffice to say so, as small panels have no more.
  const bool is_enough = marker.has_border || pool.negatives.mass >= kFewestNegatives;
  const double certainty = is_enough ? certainty_above(pool.negatives, only.position) : 0.0;
  const double above_negatives = only.position - pool.negatives.position;
  if (lowest_is_negative && certainty >= kSurePositive && !may_be_dim(pool.negatives)) {
    std::vector<PlacedLevel> levels{
        {pool.negatives.position, pool.negatives.sd, false, above_negatives, certainty},
        {only.position, only.sd, true, above_negatives, certainty}};
    for (PlacedLevel& level : levels) level.is_anchored = marker.has_border;
    return levels;
  }
  if (lowest_is_negative && marker.has_border && certainty >= kLikelyPositive) return untold();
  const std::vector<Mode> of_nodes = find_modes(parent.node_means);
  if (of_nodes.size() >= 2 && of_nodes.back().position > only.position + 2.5 * only.sd) {
    const double gap = of_nodes.back().position - only.position;
    return {{only.position, only.sd, true, gap},
            {of_nodes.back().position, std::max(of_nodes.back().sd, parent.node_sd), false, gap}};
  }
  const Mode dimmest = dimmest_beside(only, pool);
  const double above_dimmest = certainty_above(dimmest, only.position);
  if (lowest_is_negative && (marker.has_border || marker.is_of_lineage) &&
      is_far_above_dimmest(only, pool)) {
    const double gap = only.position - dimmest.position;
    std::vector<PlacedLevel> levels{{dimmest.position, dimmest.sd, false, gap, above_dimmest},
                                    {only.position, only.sd, true, gap, above_dimmest}};
    for (PlacedLevel& level : levels) level.is_anchored = marker.has_border;
    return levels;
  }
  if (lowest_is_negative && marker.has_border && pool.negatives.mass < kFewestNegatives &&
      above_dimmest >= kSurePositive)
    return untold();
  if (marker.has_border) return beyond_or_untold();
  return {seen, {only.position + std::max(3.5 * only.sd, 25.0), only.sd, false}};
}

}  // namespace gateless::annotate
