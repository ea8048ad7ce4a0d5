// Some events of every node, large or small: what is asked of nodes is asked of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/cluster/noise_units.hpp"
#include "host/cluster/valley.hpp"
#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// Events node by node.
struct ChosenEvents {
  std::vector<std::size_t> events;
  std::vector<std::size_t> first;  ///< of each node, in `events`; [nodes + 1]

  [[nodiscard]] std::size_t count(std::size_t node) const { return first[node + 1] - first[node]; }
};

/// Up to `most` events of each node, evenly spread over its events. `node_of_event` is [events].
[[nodiscard]] ChosenEvents spread_over_nodes(std::span<const NodeIndex> node_of_event,
                                             std::size_t nodes, std::size_t most,
                                             std::size_t threads);

/// Events of each node. [nodes]
[[nodiscard]] std::vector<std::uint64_t> count_events(std::span<const NodeIndex> node_of_event,
                                                      std::size_t nodes, std::size_t threads);

/// Places of some 400 events of each node (fewer with more than 256 nodes, at least 25), chosen by their keys (event_keys.hpp), and how many
/// events each stands for.
class NodeSamples {
 public:
  NodeSamples(const NoiseUnits& units, std::span<const NodeIndex> node_of_event,
              const std::vector<std::uint64_t>& node_events, const std::vector<std::uint64_t>& keys,
              std::size_t threads);

  /// How many there are of a node.
  [[nodiscard]] std::size_t count(std::size_t node) const {
    return first_[node + 1] - first_[node];
  }
  /// Those of some nodes, node by node.
  [[nodiscard]] WeightedEvents of(std::span<const std::size_t> nodes) const;
  /// Their mean, [markers], noise units.
  [[nodiscard]] std::vector<float> mean_of(std::span<const std::size_t> nodes) const;

 private:
  std::vector<std::size_t> first_;  ///< of each node, in `place_`; [nodes + 1]
  Matrix<float> place_;             ///< [chosen events][markers], noise units
  std::vector<double> weight_;      ///< of one event of each node, [nodes]
};

}  // namespace gateless::cluster
