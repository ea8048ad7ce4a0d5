// How many events of each sample lie in each metacluster.
#pragma once

#include <cstdint>
#include <vector>

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// Events of each metacluster of a map, [samples of the panel][metaclusters].
[[nodiscard]] Matrix<std::uint64_t> events_by_sample(const PopulationMap& map,
                                                     const PanelEvents& pool);

/// Rows of cluster_counts.csv: panels, samples, the panel's own map and then those of subsets; every metacluster of a map in
/// every sample of its panel, those without an event too.
[[nodiscard]] std::vector<ClusterCountRow> cluster_counts(const StudyAnalysis& study);

}  // namespace gateless::stages
