// Pooled events -> codebook -> metaclusters. Knows the seam, not the device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"
#include "host/core/pieces.hpp"
#include "host/core/progress.hpp"
#include "host/core/study.hpp"

namespace gateless::cluster {

/// The trained map of one panel.
struct Clustering {
  Scaling scaling;
  Matrix<float> codebook;                  ///< [nodes][markers], scaled units
  std::vector<NodeIndex> node_of_event;    ///< [events]
  std::vector<std::uint64_t> node_events;  ///< [nodes]
  std::vector<std::uint32_t>
      metacluster_of_node;  ///< [nodes], 0-based, ordered by falling number of events
  std::size_t metaclusters = 0;
  std::vector<double> stability;  ///< [metaclusters], see Metaclusters
  double pass_seconds = 0.0;      ///< the passes alone
  std::uint64_t pass_bytes = 0;   ///< bytes of events looked at in all passes
  std::vector<std::string> warnings;

  /// The codebook in transformed units, [nodes][markers].
  [[nodiscard]] Matrix<double> prototypes() const;
};

/// Trains, assigns every event and metaclusters. Same events, options and seed give the same bytes for any
/// backend, threads and tiles. What an interrupted run has finished of it is in `pieces`. Errors: InputError for no events
/// or no markers.
[[nodiscard]] Clustering cluster_events(EventView events, const ClusterOptions& options,
                                        Backend& backend, std::size_t threads, Progress& progress,
                                        Pieces& pieces);
[[nodiscard]] inline Clustering cluster_events(EventView events, const ClusterOptions& options,
                                               Backend& backend, std::size_t threads,
                                               Progress& progress) {
  Pieces none;
  return cluster_events(events, options, backend, threads, progress, none);
}

/// New events onto a trained map: the nearest node of each.
[[nodiscard]] std::vector<NodeIndex> map_events(EventView events, const Clustering& model,
                                                Backend& backend);

}  // namespace gateless::cluster
