// Events that lie far from their node, in units of the noise within nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/cluster/noise_units.hpp"
#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// A trained map, as the search needs it.
struct TrainedNodes {
  const Matrix<float>& codebook;                  ///< [nodes][markers], scaled units
  std::span<const NodeIndex> node_of_event;       ///< [events]
  const std::vector<std::uint64_t>& node_events;  ///< [nodes]
  const Matrix<double>& variance;  ///< within nodes, [nodes][markers], scaled units squared
  /// The metacluster of each node, 0-based; a group is searched for within one. [nodes]
  const std::vector<std::uint32_t>& region_of_node;
};

struct FarEvent {
  std::size_t event = 0;
  float squared = 0.0F;  ///< distance from its node
};

using FarEvents = std::vector<std::vector<FarEvent>>;  ///< [regions], by event

/// The events of each region beyond far_limit() of their node, in noise units; of many the farthest 3,000. `nodes` is
/// [nodes][markers], noise units. `resident`, where it is given, has these events and may find them faster.
[[nodiscard]] FarEvents far_events(const NoiseUnits& units, const Matrix<float>& nodes,
                                   const TrainedNodes& trained, std::size_t regions,
                                   ResidentEvents* resident, std::size_t threads);

}  // namespace gateless::cluster
