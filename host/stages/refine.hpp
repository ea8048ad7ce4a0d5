// Events of chosen subsets are clustered again, on the markers that tell their children apart.
#pragma once

#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/layers.hpp"
#include "host/stages/population_map.hpp"

namespace gateless::stages {

/// Pool events that are called as the subset or below it, rising.
[[nodiscard]] std::vector<std::size_t> events_within(const std::string& subset,
                                                     const SubsetModel& model,
                                                     const SubsetCalls& calls);

/// A map of each subset that the knowledge file says is clustered again and that has events enough. Their ids follow `next`.
/// Those that an interrupted run has trained are in `pieces`.
[[nodiscard]] std::vector<PopulationMap> refine(const PanelEvents& pool, const SubsetModel& model,
                                                const SubsetCalls& calls,
                                                const Knowledge& knowledge,
                                                const ClusterOptions& options, MetaclusterId next,
                                                std::size_t threads, Backend& backend,
                                                Progress& progress, Pieces& pieces);

}  // namespace gateless::stages
