#include "host/annotate/strata_levels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/annotate/negative_cells.hpp"
#include "host/annotate/one_mode.hpp"

namespace gateless::annotate {
namespace {

constexpr double kKnownReach =
    3.0;                            // spreads of cells that show what is negative within the parent
constexpr double kFarAbove = 0.92;  // of one marker alone: three and a half spreads
constexpr double kLastReach = 2.6;  // spreads: 99.5 % of one population lie below
constexpr double kStrataDiffer = 0.5;  // share of the cells of two strata that a border tells apart
constexpr double kCrossingReach =
    0.25;  // spreads of negative cells, of the higher mode of two strata that cross

bool is_surely_positive(const Mode& mode, const PoolModes& pool) {
  return is_far_above_dimmest(mode, pool) ||
         (pool.negatives.mass >= kFewestNegatives &&
          certainty_above(pool.negatives, mode.position) >= kSurePositive);
}

/// Cells outside the parent say so; without any, other markers do not speak against it.
bool may_be_negative(const Mode& mode, const PoolModes& pool) {
  const bool has_others =
      pool.told_negative.mass > 0.0 || pool.lowest_lineage.mass > 0.0 || pool.own.size() > 1;
  return has_others ? is_known_negative(mode.position, pool) : !is_surely_positive(mode, pool);
}

/// Two strata, and the bin at which the shares of their events below it differ most.
struct Crossing {
  const BinCounts *lower = nullptr, *upper = nullptr;
  double at = 0.0, difference = 0.0;
};

Crossing crossing_of(const BinCounts& one, const BinCounts& other) {
  const double events = std::accumulate(one.begin(), one.end(), 0.0);
  const double of_other = std::accumulate(other.begin(), other.end(), 0.0);
  if (std::min(events, of_other) < kFewestToJudge) return {};
  double difference = 0.0, most = 0.0, at = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    difference += one[bin] / events - other[bin] / of_other;
    if (std::abs(difference) <= std::abs(most)) continue;
    most = difference;
    at = static_cast<double>(bin) + 0.5;
  }
  return most > 0.0 ? Crossing{&one, &other, at, most} : Crossing{&other, &one, at, -most};
}

}  // namespace

bool is_known_negative(double position, const PoolModes& pool) {
  const auto holds = [&](const Mode& mode) {
    return mode.mass > 0.0 && position <= mode.position + kKnownReach * mode.sd;
  };
  return holds(pool.told_negative) || holds(pool.lowest_lineage) ||
         (pool.own.size() > 1 && holds(pool.own.front()));
}

bool is_one_of(const Mode& mode, const Mode& negatives, double reach) {
  return negatives.mass >= kFewestNegatives &&
         mode.position < negatives.position + reach * negatives.sd;
}

Mode dimmest_beside(const Mode& mode, const PoolModes& pool) {
  return {pool.dimmest.position, std::max(pool.dimmest.sd, mode.sd), pool.dimmest.mass};
}

bool is_far_above_dimmest(const Mode& mode, const PoolModes& pool) {
  return pool.negatives.mass < kFewestNegatives &&
         certainty_above(dimmest_beside(mode, pool), mode.position) >= kFarAbove;
}

std::vector<PlacedLevel> place_beyond(const Mode& mode) {
  const double gap = 2.0 * kBrightReach * mode.sd;
  PlacedLevel negative{mode.position, mode.sd, true, gap};
  PlacedLevel positive{mode.position + gap, mode.sd, false, gap};
  negative.border = {mode.position + 0.5 * gap, doubt_between(mode.sd, mode.sd, gap)};
  return {negative, positive};
}

std::vector<PlacedLevel> place_by_strata(const ParentDensity& parent, double apart_by,
                                         bool only_below, const PoolModes& pool) {
  const std::optional<Mode> only = largest_of(find_tops(parent.events));
  if (!only) return {};
  const Mode& negatives = pool.negatives;
  const bool is_positive = is_surely_positive(*only, pool);
  std::optional<Mode> other, higher_negative;
  double highest = 0.0;
  for (const BinCounts& counts : parent.strata) {
    for (const Mode& mode : find_tops(counts)) {
      const double apart = std::abs(mode.position - only->position) / (0.5 * (mode.sd + only->sd));
      // The most and the narrowest: where a stratum holds nothing else.
      if (apart <= apart_by || mode.mass < kSmallestStratumMode || mode.mass / mode.sd <= highest)
        continue;
      const bool is_above = mode.position > only->position;
      if (is_above ? only_below || is_positive : is_one_of(*only, negatives)) continue;
      if (is_above && is_one_of(mode, negatives)) {
        if (!higher_negative || mode.position > higher_negative->position) higher_negative = mode;
        continue;
      }
      highest = mode.mass / mode.sd;
      other = mode;
    }
  }
  if (!other && higher_negative) return place_beyond(*higher_negative);
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
  if (are_zeros(parent.events)) return {seen, found};
  // Of a broad population the stratum may show its top alone: then the two meet far beyond the last negative cells.
  const double meet = where_densities_meet({seen.mean, seen.sd}, {found.mean, found.sd});
  double at = std::min(meet, only->position + kLastReach * only->sd);
  std::optional<double> end = end_in_stratum(parent.strata, *only, *other);
  if (!end) end = end_by_lower_flank(parent.events, *only, pool.linear);
  if (end && *end > only->position) at = std::min(at, *end);
  if (at < meet) seen.border = {at, doubt_between(seen.sd, found.sd, gap)};
  return {seen, found};
}

std::vector<PlacedLevel> place_where_strata_cross(const ParentDensity& parent,
                                                  const PoolModes& pool) {
  Crossing crossing;
  for (std::size_t end = kStrata; end <= parent.strata.size(); end += kStrata) {
    // The widest pair: narrow ones are the ends of a marker, where other populations lie.
    const Crossing found = crossing_of(parent.strata[end - 2], parent.strata[end - 1]);
    if (found.difference > crossing.difference) crossing = found;
  }
  if (crossing.difference < kStrataDiffer) return {};
  const auto below = main_mode(*crossing.lower), above = main_mode(*crossing.upper);
  if (!below || !above || below->position >= crossing.at || above->position <= crossing.at ||
      is_one_of(*above, pool.negatives, kCrossingReach) || !may_be_negative(*below, pool))
    return {};
  const double gap = above->position - below->position;
  PlacedLevel negative{below->position, below->left, true, gap};
  PlacedLevel positive{above->position, above->right, true, gap};
  negative.is_anchored = positive.is_anchored = true;
  negative.is_shown = positive.is_shown = true;
  negative.border = {crossing.at, doubt_between(below->left, above->right, gap)};
  return {negative, positive};
}

}  // namespace gateless::annotate
