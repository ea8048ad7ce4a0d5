// What is negative within a population that shows one mode: told by strata of it, by other markers and by other lineages.
#pragma once

#include <vector>

#include "host/annotate/level_placing.hpp"

namespace gateless::annotate {

inline constexpr double kFewestToJudge = 200.0;  ///< events from which a population is judged
inline constexpr double kFewestNegatives =
    3.0;  ///< markers that say together what negative cells are like
inline constexpr double kSurePositive =
    0.8;  ///< of a single mode: two spreads above negative cells

/// Whether cells outside the parent are negative at a position, or no lower.
[[nodiscard]] bool is_known_negative(double position, const PoolModes& pool);

/// Whether a mode lies where other markers have their negative cells, or below: `reach` of their spreads above at most.
[[nodiscard]] bool is_one_of(const Mode& mode, const Mode& negatives, double reach = 1.0);

/// The lowest mode of all other markers, as wide as `mode` at least.
[[nodiscard]] Mode dimmest_beside(const Mode& mode, const PoolModes& pool);

/// Files that were gated to one lineage, with too few markers to know negative cells by: what lies far above the dimmest of
/// them is stained.
[[nodiscard]] bool is_far_above_dimmest(const Mode& mode, const PoolModes& pool);

/// Two levels where all that the parent shows is negative: what lies beyond the edge of its mode is positive.
[[nodiscard]] std::vector<PlacedLevel> place_beyond(const Mode& mode);

/// Two levels where the parent shows one mode but a stratum of it another: among CD27+ B cells those without IgD stand
/// apart, that all B cells hide in the tail of the naive ones. `apart_by`: spreads; `only_below`: what a stratum shows above is
/// not looked at. Where too little or too much is compensated the negative cells of two strata lie apart, too: what they
/// hold is not positive above, nor what lies beyond them negative below.
[[nodiscard]] std::vector<PlacedLevel> place_by_strata(const ParentDensity& parent, double apart_by,
                                                       bool only_below, const PoolModes& pool);

/// Two levels where the parent shows one mode, but cells with little and cells with much of another marker differ in it.
/// Where both strata mix the same two densities, theirs cross where those do, whatever the shares (the crossing is where the
/// shares below it differ most, as in Youden WJ 1950, "Index for rating diagnostic tests"). None where the lower of them is
/// surely positive, or the higher one negative.
[[nodiscard]] std::vector<PlacedLevel> place_where_strata_cross(const ParentDensity& parent,
                                                                const PoolModes& pool);

}  // namespace gateless::annotate
