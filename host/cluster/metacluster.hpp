// Nodes -> metaclusters: sets of nodes that hold one population.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless {

struct Metaclusters {
  std::vector<std::uint32_t> of_node;  ///< [nodes], 0-based, by falling number of events
  std::size_t count = 0;
};

/// Agglomerates the nodes that hold events; an empty node joins the metacluster of the nearest that does.
/// `requested` is the number of metaclusters, 0 for the program's choice; never more than nodes with events.
/// `codebook` is [nodes][markers], `variance` [nodes][markers] within nodes, same units squared.
[[nodiscard]] Metaclusters metacluster_nodes(const Matrix<float>& codebook,
                                             const std::vector<std::uint64_t>& node_events,
                                             const Matrix<double>& variance, std::size_t requested);

}  // namespace gateless
