// The way of one panel's events: read, clean, transform, pool, cluster, name, cluster again where it matters.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/app/console.hpp"
#include "host/cluster/cluster.hpp"
#include "host/cluster/event_map.hpp"
#include "host/core/event_store.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/model.hpp"
#include "host/core/panel.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"
#include "host/core/transform.hpp"
#include "host/preprocess/panel_check.hpp"

namespace gateless {

/// What is done to events before they are pooled.
struct IngestOptions {
  TransformChoice transform;
  bool compensate = true;
  CleanChoice clean;
  std::map<std::string, std::string> marker_overrides;
  std::size_t threads = 1;
  const PanelModel* frozen =
      nullptr;  ///< a model's panel: its markers and transforms are taken as they are
};

/// One sample within its panel's pool.
struct PooledSample {
  std::size_t sample = 0;  ///< index in the study's samples
  std::size_t events = 0;  ///< in the file
  std::vector<std::uint32_t>
      kept_events;           ///< [kept], event index of each pooled event in its file, rising
  std::string sha256;        ///< of the file
  std::uint64_t bytes = 0;   ///< of the file
  Panel panel;               ///< the file's own channels
  bool is_unmixed = false;   ///< by the file's spillover matrix
  bool is_doubtful = false;  ///< faulty events may be left: levels are not learned from it
};

/// Kept, compensated, transformed events of all samples of one panel.
struct PanelEvents {
  Panel panel;
  std::vector<std::string> markers;   ///< rows of the store
  std::vector<Transform> transforms;  ///< [markers]
  EventStore store{{}};
  std::vector<PooledSample> samples;  ///< as store.ranges()
  std::vector<QcRow> qc;              ///< [samples]
  std::vector<MarkerDoubt> doubts;    ///< `file` counts `samples`
};

/// Reads and pools all samples, one PanelEvents per panel, in the order in which panels first appear.
/// Errors: InputError that names every file that cannot be used.
[[nodiscard]] std::vector<PanelEvents> ingest(const std::vector<Sample>& samples,
                                              const Knowledge& knowledge,
                                              const IngestOptions& options, Backend& backend,
                                              Console& console);

/// Events of one subset, clustered again on the markers that tell its children apart.
struct RefinedMap {
  std::string parent;  ///< subset id
  std::vector<std::string> markers;
  std::vector<std::uint32_t> events;  ///< [refined events], index in the pool
  Clustering clustering;
  std::uint32_t first_metacluster = 0;  ///< id of its metacluster 0
};

/// All that was found in one panel's events.
struct PanelAnalysis {
  PanelEvents events;
  std::vector<std::size_t> clustered_markers;  ///< indices of PanelEvents::markers
  Clustering clustering;
  Matrix<double> node_places;           ///< [nodes][2], the plane of the map
  EventMap map;                         ///< where each event lies in it
  std::uint32_t first_metacluster = 1;  ///< id of its metacluster 0; ids are unique over panels
  SubsetModel subsets;
  SubsetCalls calls;
  std::vector<RefinedMap> refined;
  std::vector<ClusterRow> clusters;  ///< own map first, then the refined ones
};

struct AnalysisOptions {
  ClusterOptions cluster;
  std::size_t threads = 1;
  std::vector<LevelChoice> levels = {};
};

/// Clusters one panel's pool; with knowledge also names and refines. `knowledge` without subsets: clusters only.
[[nodiscard]] PanelAnalysis analyse_panel(PanelEvents&& events, const Knowledge& knowledge,
                                          const AnalysisOptions& options, Backend& backend,
                                          std::uint32_t first_metacluster, Console& console);

/// The same with the maps and levels of a frozen model: nothing is trained.
[[nodiscard]] PanelAnalysis map_panel(PanelEvents&& events, const PanelModel& model,
                                      const Knowledge& knowledge, const AnalysisOptions& options,
                                      Backend& backend, Console& console);

/// What the data cannot tell, where the panel has the markers for it.
void warn_of_blind_markers(const PanelAnalysis& analysis, Console& console);

/// What map_panel needs of an analysis.
[[nodiscard]] PanelModel freeze(const PanelAnalysis& analysis);

}  // namespace gateless
