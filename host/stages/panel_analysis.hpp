// All that is found in one panel's events: clusters, names, clusters again where it matters, and a picture of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/cluster/event_map.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/layers.hpp"
#include "host/core/pieces.hpp"
#include "host/core/study.hpp"
#include "host/stages/panel_events.hpp"
#include "host/stages/population_map.hpp"

namespace gateless::stages {

/// The plane that all events of a panel are looked at in.
struct Plane {
  Matrix<double> node_places;  ///< [nodes][2]
  EventMap events;             ///< where each event lies in it
};

/// All that was found in one panel's events.
struct PanelAnalysis {
  PanelEvents events;
  std::vector<PopulationMap> maps;  ///< the panel's own, then those of subsets
  SubsetModel subsets;
  SubsetCalls calls;
  std::vector<ClusterRow> clusters;  ///< in the order of `maps`
  Plane plane;

  [[nodiscard]] const PopulationMap& own_map() const { return maps.front(); }
  /// Whether subsets were asked for at all.
  [[nodiscard]] bool is_named() const noexcept { return !subsets.subsets.empty(); }
};

/// How a panel is clustered and named.
struct AnalysisOptions {
  ClusterOptions cluster;
  std::size_t threads = 1;
  std::vector<LevelChoice> levels = {};
};

/// Clusters one panel's pool; with knowledge also names and refines. `knowledge` without subsets: clusters only.
/// `first` is the id of its first metacluster. What an interrupted run has finished is in `pieces`.
[[nodiscard]] PanelAnalysis analyse_panel(PanelEvents&& events, const Knowledge& knowledge,
                                          const AnalysisOptions& options, MetaclusterId first,
                                          Backend& backend, Progress& progress, Pieces& pieces);

/// The same with the maps and levels of a frozen model: nothing is trained.
[[nodiscard]] PanelAnalysis map_panel(PanelEvents&& events, const PanelModel& model,
                                      const Knowledge& knowledge, std::size_t threads,
                                      Backend& backend, Progress& progress);

/// What the data cannot tell, where the panel has the markers for it.
void warn_of_blind_markers(const PanelAnalysis& analysis, Progress& progress);

/// What map_panel() needs of an analysis.
[[nodiscard]] PanelModel freeze(const PanelAnalysis& analysis);

}  // namespace gateless::stages
