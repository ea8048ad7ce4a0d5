// Two levels where the parent shows one mode: what is negative or positive is looked for in strata of the parent, in other
// lineages and in the pool.
#pragma once

#include <optional>
#include <vector>

#include "host/annotate/level_placing.hpp"

namespace gateless::annotate {

inline constexpr double kBrightReach = 1.645;         ///< spreads: 95 % of one population lie below
inline constexpr double kSmallestStratumMode = 0.15;  ///< of a stratum

/// The negative cells outside the parent: as learned where it was divided last, or the pool's lowest mode of several.
[[nodiscard]] std::optional<Mode> negative_control(const PoolModes& pool);

/// Whether the lowest mode of a marker with a bright level lies above all cells that are known to be negative.
[[nodiscard]] bool lacks_negative(const MarkerDesign& marker, const Mode& lowest,
                                  const PoolModes& pool);

/// Whether a mode of the parent lies within the spread of negative cells.
[[nodiscard]] bool is_negative(const Mode& mode, const PoolModes& pool);

[[nodiscard]] std::optional<Mode> largest_of(const std::vector<Mode>& modes);

/// The event below which a share of all lies, bins.
[[nodiscard]] double quantile(const BinCounts& counts, double share);

/// Both levels of `marker`, given the only mode of its parent: the other one is looked for in the pool.
[[nodiscard]] std::vector<PlacedLevel> place_two_in_one_mode(const MarkerDesign& marker,
                                                             const ParentDensity& parent,
                                                             const Mode& only,
                                                             const PoolModes& pool);

}  // namespace gateless::annotate
