// Names for metaclusters: the deepest subset that holds a clear majority of their events, with a phenotype in
// words and what speaks for and against the name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/event_store.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/results.hpp"

namespace gateless::annotate {

/// One row per metacluster 1..n. `metacluster_of_event` [events] holds 1-based ids, 0 for events outside this
/// map; `metacluster_of_node` [nodes] the same ids. Fills all of ClusterRow but `panel` and `map`.
[[nodiscard]] std::vector<ClusterRow> name_clusters(
    const EventView& events, std::span<const std::uint32_t> metacluster_of_event,
    std::span<const std::uint32_t> metacluster_of_node, const SubsetModel& model,
    const SubsetCalls& calls, const Knowledge& knowledge);

}  // namespace gateless::annotate
