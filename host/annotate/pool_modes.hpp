// What the whole pool, and the populations above, say of a marker's levels before a mixture is learned.
#pragma once

#include <optional>
#include <vector>

#include "host/annotate/mixture_fit.hpp"
#include "host/core/transform.hpp"

namespace gateless::annotate {

/// Modes of each marker over all samples that are not doubtful; each sample has the same weight. `on_other_scale` is the row of
/// side scatter, which is not compared with the others.
[[nodiscard]] std::vector<PoolModes> pool_modes(const std::vector<BinnedSample>& samples,
                                                const std::vector<bool>& is_doubtful,
                                                const std::vector<MarkerRange>& ranges,
                                                std::optional<std::size_t> on_other_scale);

/// The linear intensity in the middle of each bin, rising.
[[nodiscard]] std::vector<double> linear_bins(const Transform& transform, const MarkerRange& range);

/// Adds the levels of each marker as the nearest population above the parent of `mixture` has them.
[[nodiscard]] std::vector<PoolModes> with_told_levels(std::vector<PoolModes> pool,
                                                      const MixtureDesign& mixture,
                                                      const SubsetModel& model);

/// Whether the parent's events show more than one mode in a marker that tells the siblings apart.
[[nodiscard]] bool shows_modes(const MixtureDesign& design,
                               const std::vector<BinnedSample>& samples,
                               const SampleMembers& members);

/// Where the parent's modes in both markers of a corner lie, and how far its events spread on their emptier side.
/// False where little of a marker is wanted of which most of the parent has none (the zeros of mass cytometry).
[[nodiscard]] bool place_corner(CornerAxis& corner, const std::vector<BinnedSample>& samples,
                                const SampleMembers& members,
                                const std::vector<MarkerRange>& ranges);

/// Probability that an event of `a` lies above one of `b`, bins that both fill counted half.
[[nodiscard]] double share_above(const BinCounts& a, const BinCounts& b);

}  // namespace gateless::annotate
