// Small groups of events that no node stands for: too few to draw a node in training, but compact and apart.
#pragma once

#include <span>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"

namespace gateless {

/// What the search needs to know of a trained map.
struct TrainedNodes {
  const Matrix<float>& codebook;                  ///< [nodes][markers], scaled units
  std::span<const NodeIndex> node_of_event;       ///< [events]
  const std::vector<std::uint64_t>& node_events;  ///< [nodes]
  const Matrix<double>& variance;  ///< within nodes, [nodes][markers], scaled units squared
  /// Where a group is looked for as a whole: the metacluster of each node, 0-based. [nodes]
  const std::vector<std::uint32_t>& region_of_node;
};

/// Prototypes of far groups, [groups][markers], scaled units; at most `most`, the largest first.
/// An event is far when its squared distance from its node, in units of the noise within nodes, exceeds what six
/// standard deviations of a chi-squared variable with as many degrees of freedom as markers allow. Among the far
/// events of a region, one with the most neighbours (within the distance of most pairs of a Gaussian
/// population) is the middle of a group. The group counts when it has at least 20 events and, seen along the
/// line from the nearest node, a valley before it: half as many events, and surely fewer (three standard errors).
[[nodiscard]] Matrix<float> find_far_groups(EventView events, const Scaling& scaling,
                                            const TrainedNodes& trained, std::size_t most,
                                            std::size_t threads);

}  // namespace gateless
