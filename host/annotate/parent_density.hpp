// What the events of a parent show of one marker, over all samples.
#pragma once

#include <cstddef>
#include <vector>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/mixture_fit.hpp"

namespace gateless::annotate {

/// How many members of one sample are looked at, so that many samples cost no more than few.
[[nodiscard]] std::size_t members_looked_at(std::size_t samples);

/// `row` of the events; members count by their probability.
[[nodiscard]] ParentDensity parent_density(std::size_t row,
                                           const std::vector<BinnedSample>& samples,
                                           const SampleMembers& members);

/// Adds the densities of `row` among the members with the least and the most of `other`, each sample's own.
void add_strata(ParentDensity& density, std::size_t row, std::size_t other,
                const std::vector<BinnedSample>& samples, const SampleMembers& members);

}  // namespace gateless::annotate
