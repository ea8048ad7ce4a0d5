#include "host/stages/panel_analysis.hpp"

#include <fmt/format.h>

#include <cmath>

#include "host/annotate/cluster_names.hpp"
#include "host/cluster/node_layout.hpp"
#include "host/core/layers.hpp"
#include "host/core/piece_values.hpp"
#include "host/stages/freed_memory.hpp"
#include "host/stages/level_choices.hpp"
#include "host/stages/map_markers.hpp"
#include "host/stages/refine.hpp"

namespace gateless::stages {
namespace {

std::uint64_t bytes_of(const EventView& events) {
  return std::uint64_t{events.events} * events.markers * sizeof(float);
}

/// Without knowledge nothing is named, and nothing is in doubt.
void take_name_away(ClusterRow& row) {
  row.subset.clear();
  row.explanation.clear();
  row.name = fmt::format("Metacluster {}", row.metacluster);
  row.confidence.reset();
}

/// Rows of clusters.csv for one map.
std::vector<ClusterRow> name_map(const PopulationMap& map, const PanelAnalysis& analysis,
                                 const Knowledge& knowledge) {
  // name_clusters() counts from 1 within a map; 0 are events outside it.
  const std::vector<std::uint32_t>& metaclusters = map.clustering.metacluster_of_node;
  std::vector<std::uint32_t> of_event(analysis.events.store.events(), 0);
  for (std::size_t event = 0; event < map.events(); ++event)
    of_event[map.place(event)] = metaclusters[map.clustering.node_of_event[event]] + 1;
  std::vector<std::uint32_t> of_node;
  for (const std::uint32_t metacluster : metaclusters) of_node.push_back(metacluster + 1);
  std::vector<ClusterRow> rows = name_clusters(analysis.events.store.view(), of_event, of_node,
                                               analysis.subsets, analysis.calls, knowledge);
  for (ClusterRow& row : rows) {
    const std::uint32_t metacluster = row.metacluster - 1;
    row.panel = analysis.events.panel.name;
    row.map = map.parent;
    const double stability = map.clustering.stability[metacluster];
    if (std::isfinite(stability)) row.stability = stability;
    row.metacluster = map.first.after(metacluster).value();
    if (!analysis.is_named()) take_name_away(row);
  }
  return rows;
}

std::vector<ClusterRow> name_maps(const PanelAnalysis& analysis, const Knowledge& knowledge) {
  std::vector<ClusterRow> clusters;
  for (const PopulationMap& map : analysis.maps) {
    for (ClusterRow& row : name_map(map, analysis, knowledge)) clusters.push_back(std::move(row));
  }
  return clusters;
}

SubsetCalls call_events(const PanelEvents& events, const SubsetModel& model, const SampleFits& fits,
                        std::size_t threads, Progress& progress) {
  const EventView view = events.store.view();
  progress.looks_at(view.events, bytes_of(view));
  return call_subsets(model, view, events.store.ranges(), threads, fits);
}

/// Learns what the markers' levels are, and calls each event.
void learn_and_call(PanelAnalysis& analysis, const Knowledge& knowledge,
                    const AnalysisOptions& options, Progress& progress, Pieces& pieces) {
  const PanelEvents& events = analysis.events;
  std::vector<bool> is_doubtful;
  for (const PooledSample& sample : events.samples) is_doubtful.push_back(sample.is_doubtful);
  LearnedSubsets learned = finished(pieces, "levels", [&] {
    return learn_and_fit_subsets(events.store.view(), events.markers, events.transforms,
                                 events.store.ranges(), knowledge, events.panel, options.threads,
                                 progress, analysis.own_map().clustering.node_of_event,
                                 set_borders_of(options.levels, events), is_doubtful, pieces);
  });
  analysis.subsets = std::move(learned.model);
  give_small_blocks_back();
  analysis.calls = finished(pieces, "calls", [&] {
    return call_events(events, analysis.subsets, learned.fits, options.threads, progress);
  });
}

/// Places all events in the plane between the nodes of the panel's own map.
Plane place_on_plane(const PanelAnalysis& analysis, std::size_t threads, Progress& progress) {
  const EventView view = analysis.events.store.view();
  const PopulationMap& own = analysis.own_map();
  Plane plane;
  plane.node_places = layout_nodes(own.clustering.prototypes());
  plane.events = place_events(view, own.rows, own.clustering, plane.node_places, threads);
  progress.looks_at(view.events, bytes_of(view));
  return plane;
}

}  // namespace

PanelAnalysis analyse_panel(PanelEvents&& events, const Knowledge& knowledge,
                            const AnalysisOptions& options, MetaclusterId first, Backend& backend,
                            Progress& progress, Pieces& pieces) {
  PanelAnalysis analysis;
  analysis.events = std::move(events);
  MapEvents all{
      .parent = "", .rows = find_markers(analysis.events, options.cluster.markers), .chosen = {}};
  analysis.maps.push_back(train_map(analysis.events, std::move(all), options.cluster, first,
                                    options.threads, backend, progress, pieces));
  timed(progress, Stage::kAnnotate,
        [&] { learn_and_call(analysis, knowledge, options, progress, pieces); });
  for (PopulationMap& map :
       refine(analysis.events, analysis.subsets, analysis.calls, knowledge, options.cluster,
              analysis.own_map().next_id(), options.threads, backend, progress, pieces))
    analysis.maps.push_back(std::move(map));
  analysis.clusters = timed(progress, Stage::kAnnotate, [&] {
    return finished(pieces, "names", [&] { return name_maps(analysis, knowledge); });
  });
  analysis.plane = timed(progress, Stage::kPlace, [&] {
    return finished(pieces, "plane",
                    [&] { return place_on_plane(analysis, options.threads, progress); });
  });
  return analysis;
}

PanelAnalysis map_panel(PanelEvents&& events, const PanelModel& model, const Knowledge& knowledge,
                        std::size_t threads, Backend& backend, Progress& progress) {
  PanelAnalysis analysis;
  analysis.events = std::move(events);
  const PanelEvents& pool = analysis.events;
  timed(progress, Stage::kMap, [&] {
    const CodebookModel& own = model.maps.front();
    MapEvents all{.parent = "", .rows = find_markers(pool, own.markers), .chosen = {}};
    analysis.maps.push_back(thaw_map(pool, std::move(all), own, backend));
    progress.looks_at(pool.store.events(), bytes_of(pool.store.view()));
  });
  timed(progress, Stage::kAnnotate, [&] {
    if (!model.subset_model.empty()) {
      analysis.subsets = subset_model_from_json(model.subset_model);
    } else {
      analysis.subsets.markers = pool.markers;  // of `cluster`: there is nothing to name
    }
    analysis.calls = call_events(pool, analysis.subsets, {}, threads, progress);
  });
  timed(progress, Stage::kMap, [&] {
    for (std::size_t index = 1; index < model.maps.size(); ++index) {
      const CodebookModel& frozen = model.maps[index];
      MapEvents of_subset{.parent = frozen.parent,
                          .rows = find_markers(pool, frozen.markers),
                          .chosen = events_within(frozen.parent, analysis.subsets, analysis.calls)};
      analysis.maps.push_back(thaw_map(pool, std::move(of_subset), frozen, backend));
    }
  });
  analysis.clusters =
      timed(progress, Stage::kAnnotate, [&] { return name_maps(analysis, knowledge); });
  analysis.plane =
      timed(progress, Stage::kPlace, [&] { return place_on_plane(analysis, threads, progress); });
  return analysis;
}

void warn_of_blind_markers(const PanelAnalysis& analysis, Progress& progress) {
  for (const BlindMarker& blind : analysis.subsets.blind)
    progress.warn(fmt::format("{}: the subsets below it that ask for {} are not resolvable",
                              blind.reason, blind.marker));
}

PanelModel freeze(const PanelAnalysis& analysis) {
  PanelModel model;
  model.panel = analysis.events.panel;
  model.markers = analysis.events.markers;
  model.transforms = analysis.events.transforms;
  for (const PopulationMap& map : analysis.maps)
    model.maps.push_back(freeze_map(map, analysis.events, analysis.clusters));
  if (analysis.is_named()) model.subset_model = to_json(analysis.subsets);
  return model;
}

}  // namespace gateless::stages
