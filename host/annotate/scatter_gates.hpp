// The side scatter of lymphocytes: what lies outside is debris, doublets and cells that stick to others.
#pragma once

#include <vector>

#include "host/annotate/mixture_fit.hpp"

namespace gateless::annotate {

/// A gate for each lineage of `mixture` that is asked for the side scatter of lymphocytes; none without side scatter.
/// `fits` are those of the samples.
[[nodiscard]] std::vector<ScatterGate> place_scatter_gates(
    const MixtureDesign& design, const SubsetMixture& mixture,
    const std::vector<MarkerRange>& ranges, const std::vector<BinnedSample>& samples,
    const SampleMembers& members, const std::vector<const SampleFit*>& fits);

}  // namespace gateless::annotate
