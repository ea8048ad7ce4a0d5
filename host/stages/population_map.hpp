// One map of events: of all events of a panel, or of those of one subset that was clustered again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/cluster/cluster.hpp"
#include "host/core/layers.hpp"
#include "host/core/model.hpp"
#include "host/core/pieces.hpp"
#include "host/core/progress.hpp"
#include "host/core/strong_id.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless::stages {

/// Clusters count from 0 within their map; only here they get the ids of the tables.
struct PopulationMap {
  std::string parent;             ///< subset whose events it holds; empty: all events of the panel
  std::vector<std::size_t> rows;  ///< markers of the pool, in the order of the codebook
  /// [its events], their places in the pool, rising; not used where it holds all of them
  std::vector<std::size_t> chosen;
  Clustering clustering;
  MetaclusterId first{1};  ///< id of its metacluster 0

  [[nodiscard]] bool holds_all() const noexcept { return parent.empty(); }
  [[nodiscard]] std::size_t events() const noexcept { return clustering.node_of_event.size(); }
  /// The place of its event `index` in the pool.
  [[nodiscard]] std::size_t place(std::size_t index) const {
    return holds_all() ? index : chosen[index];
  }
  [[nodiscard]] MetaclusterId id_of(NodeId node) const {
    return first.after(clustering.metacluster_of_node[node.value()]);
  }
  [[nodiscard]] MetaclusterId id_of_event(std::size_t index) const {
    return id_of(NodeId(clustering.node_of_event[index]));
  }
  /// The first id that is free for another map.
  [[nodiscard]] MetaclusterId next_id() const {
    return first.after(static_cast<std::uint32_t>(clustering.metaclusters));
  }
};

/// Names of the markers it was clustered on, in the order of the codebook.
[[nodiscard]] std::vector<std::string> markers_of(const PopulationMap& map,
                                                  const PanelEvents& events);

/// The events of a map before it is trained, or known to a model.
struct MapEvents {
  std::string parent;
  std::vector<std::size_t> rows;
  std::vector<std::size_t> chosen;
};

/// Trains a map, or takes it from `pieces`. Two stages of the run: the passes, and what else is done.
[[nodiscard]] PopulationMap train_map(const PanelEvents& pool, MapEvents&& events,
                                      const ClusterOptions& options, MetaclusterId first,
                                      std::size_t threads, Backend& backend, Progress& progress,
                                      Pieces& pieces);

/// Puts events onto a map that was trained before.
[[nodiscard]] PopulationMap thaw_map(const PanelEvents& pool, MapEvents&& events,
                                     const CodebookModel& model, Backend& backend);

/// What thaw_map() needs. `clusters` are the rows of the panel's tables.
[[nodiscard]] CodebookModel freeze_map(const PopulationMap& map, const PanelEvents& pool,
                                       const std::vector<ClusterRow>& clusters);

}  // namespace gateless::stages
