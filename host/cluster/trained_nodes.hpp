// The nodes of a map: trained, settled where the events are, and split where they hold two populations. Internal to cluster.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "host/cluster/timed_events.hpp"
#include "host/core/pieces.hpp"

namespace gateless::cluster {

/// Trains the codebook, on some of the events where that is enough, and leaves every event with its nearest node.
/// `keys` [events] choose events without regard to their order. Returns the variance within nodes, [nodes][markers].
[[nodiscard]] Matrix<double> train_nodes(EventView events, const std::vector<std::uint64_t>& keys,
                                         const ClusterOptions& options, Backend& backend,
                                         std::size_t threads, Progress& progress, Pieces& pieces,
                                         TimedEvents& resident, Clustering& clustering);

}  // namespace gateless::cluster
