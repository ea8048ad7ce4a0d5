// How many events of each sample lie in each metacluster.
#pragma once

#include <vector>

#include "host/app/outcome.hpp"

namespace gateless {

/// Rows of cluster_counts.csv: panels, samples, the panel's own map and then those of subsets; every metacluster of a map in
/// every sample of its panel, those without an event too.
[[nodiscard]] std::vector<ClusterCountRow> cluster_counts(const Outcome& outcome);

}  // namespace gateless
