#include "host/app/analysis.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include "host/annotate/cluster_names.hpp"
#include "host/app/level_choices.hpp"
#include "host/cluster/node_layout.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"

namespace gateless {
namespace {

/// A subset with fewer events than this is not clustered again: a map needs some events a node.
constexpr std::size_t kFewestRefinedEvents = 500;
/// Nodes of a refined map: one per kEventsPerRefinedNode events, between 4x4 and the panel's own grid.
constexpr std::size_t kEventsPerRefinedNode = 100;

std::uint64_t bytes_of(const EventView& events) {
  return std::uint64_t{events.events} * events.markers * sizeof(float);
}

/// What a stage has freed in small blocks goes back to the system before the next one needs large ones.
void give_small_blocks_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

/// The chosen markers (rows) and events (columns) of a view, copied into a pool of their own.
EventStore take(const EventView& events, const std::vector<std::string>& names,
                const std::vector<std::size_t>& markers, const std::vector<std::uint32_t>* chosen) {
  std::vector<std::string> taken_names;
  std::vector<std::vector<float>> columns;
  for (const std::size_t marker : markers) {
    taken_names.push_back(names[marker]);
    const std::span<const float> values = events.marker(marker);
    std::vector<float>& column = columns.emplace_back();
    if (chosen == nullptr) {
      column.assign(values.begin(), values.end());
      continue;
    }
    column.reserve(chosen->size());
    for (const std::uint32_t event : *chosen) column.push_back(values[event]);
  }
  EventStore store(std::move(taken_names));
  store.append(0, std::move(columns));
  store.seal();
  return store;
}

/// The chosen markers of all events: the pool itself where they lie side by side in it, as all markers beside light
/// scatter mostly do, else a copy.
class ChosenMarkers {
 public:
  ChosenMarkers(const EventView& events, const std::vector<std::string>& names,
                const std::vector<std::size_t>& markers)
      : view_(events) {
    const bool is_one_block =
        !markers.empty() &&
        std::adjacent_find(markers.begin(), markers.end(), [](std::size_t one, std::size_t next) {
          return next != one + 1;
        }) == markers.end();
    if (is_one_block) {
      view_ = events.rows(markers.front(), markers.size());
    } else {
      copy_.emplace(take(events, names, markers, nullptr));
      view_ = copy_->view();
    }
  }
  [[nodiscard]] EventView view() const { return view_; }

 private:
  EventView view_;
  std::optional<EventStore> copy_;
};

/// Rows of the pool for the named markers. Errors: InputError with a suggestion for a marker the panel lacks.
std::vector<std::size_t> find_markers(const PanelEvents& events,
                                      const std::vector<std::string>& names) {
  std::vector<std::size_t> rows;
  for (const std::string& name : names) {
    auto marker = std::find(events.markers.begin(), events.markers.end(), name);
    if (marker == events.markers.end()) {
      for (const PanelChannel& channel : events.panel.channels) {
        if (channel.name == name && channel.role == ChannelRole::kMarker) {
          marker = std::find(events.markers.begin(), events.markers.end(), channel.marker);
        }
      }
    }
    if (marker == events.markers.end()) {
      throw InputError(
          fmt::format("panel '{}': marker '{}' is not in the panel (events cannot be clustered on "
                      "it){}; the panel has {}",
                      events.panel.name, name, did_you_mean(name, events.markers),
                      fmt::join(events.markers, ", ")));
    }
    rows.push_back(static_cast<std::size_t>(marker - events.markers.begin()));
  }
  if (names.empty()) {  // light scatter is evidence for names, and weighs nothing on the map
    const std::string scatter = events.panel.side_scatter();
    for (std::size_t row = 0; row < events.markers.size(); ++row) {
      if (events.markers[row] != scatter) rows.push_back(row);
    }
  }
  if (rows.size() > kMaxMarkers) {
    throw InputError(fmt::format(
        "panel '{}': {} markers cannot be clustered together (a pass takes at most {}); "
        "choose some with --markers, or with 'markers' under 'cluster' in the study file",
        events.panel.name, rows.size(), kMaxMarkers));
  }
  return rows;
}

/// Trains a map of these events and notes the two stages.
Clustering train(const EventView& events, const ClusterOptions& options, Backend& backend,
                 std::size_t threads, Console& console) {
  const auto started = std::chrono::steady_clock::now();
  console.stage("cluster", options.epochs);
  Clustering clustering = cluster_events(events, options, backend, threads, console);
  const std::chrono::duration<double> total = std::chrono::steady_clock::now() - started;
  console.record("cluster", clustering.pass_seconds, events.events, clustering.pass_bytes);
  console.record("metacluster", std::max(0.0, total.count() - clustering.pass_seconds),
                 events.events, bytes_of(events));
  for (const std::string& warning : clustering.warnings) console.warn(warning);
  give_small_blocks_back();
  return clustering;
}

/// The subset and all that descend from it, as a flag per subset of the calls.
std::vector<bool> family_of(const std::string& root, const SubsetModel& model) {
  std::vector<bool> is_member(model.subsets.size());
  for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
    const std::int16_t parent = model.subsets[subset].parent;
    is_member[subset] = model.subsets[subset].id == root ||
                        (parent >= 0 && is_member[static_cast<std::size_t>(parent)]);
  }
  return is_member;
}

/// Markers that tell the descendants of a subset apart, as rows of the pool; markers that the knowledge does
/// not know may matter anywhere and are kept.
std::vector<std::size_t> markers_within(const std::string& root, const PanelEvents& events,
                                        const Knowledge& knowledge) {
  std::set<std::string> members{root};
  std::set<std::string> wanted;
  for (const KnownSubset& subset : knowledge.subsets) {
    if (!members.contains(subset.parent)) continue;
    members.insert(subset.id);
    for (const MarkerLevels* levels : {&subset.core, &subset.support, &subset.require_any}) {
      for (const auto& [marker, allowed] : *levels) wanted.insert(marker);
    }
  }
  const auto is_known = [&](const std::string& marker) {
    return std::any_of(knowledge.markers.begin(), knowledge.markers.end(),
                       [&](const KnownMarker& known) { return known.name == marker; });
  };
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < events.markers.size(); ++row) {
    const std::string& marker = events.markers[row];
    if (wanted.contains(marker) || !is_known(marker)) rows.push_back(row);
  }
  return rows;
}

ClusterOptions refined_options(const ClusterOptions& options, std::size_t events) {
  const auto whole = std::max(options.grid_width, options.grid_height);
  std::size_t side = 4;
  while (side < whole && (side + 1) * (side + 1) * kEventsPerRefinedNode <= events) ++side;
  ClusterOptions refined = options;
  refined.algorithm = ClusterOptions::Algorithm::kSom;
  refined.grid_width = side;
  refined.grid_height = side;
  refined.metaclusters = 0;
  return refined;
}

/// Pool events that are called as the subset or below it.
std::vector<std::uint32_t> events_within(const std::string& subset, const PanelAnalysis& analysis) {
  const std::vector<bool> is_member = family_of(subset, analysis.subsets);
  std::vector<std::uint32_t> events;
  for (std::size_t event = 0; event < analysis.calls.subset_of_event.size(); ++event) {
    const std::int16_t called = analysis.calls.subset_of_event[event];
    if (called >= 0 && is_member[static_cast<std::size_t>(called)]) {
      events.push_back(static_cast<std::uint32_t>(event));
    }
  }
  return events;
}

void refine(PanelAnalysis& analysis, const Knowledge& knowledge, const AnalysisOptions& options,
            Backend& backend, Console& console) {
  std::uint32_t next =
      analysis.first_metacluster + static_cast<std::uint32_t>(analysis.clustering.metaclusters);
  for (const KnownSubset& subset : knowledge.subsets) {
    if (!subset.is_reclustered) continue;
    RefinedMap map;
    map.parent = subset.id;
    map.events = events_within(subset.id, analysis);
    const std::vector<std::size_t> rows = markers_within(subset.id, analysis.events, knowledge);
    if (map.events.size() < kFewestRefinedEvents || rows.size() < 2) continue;
    for (const std::size_t row : rows) map.markers.push_back(analysis.events.markers[row]);
    const EventStore pool =
        take(analysis.events.store.view(), analysis.events.markers, rows, &map.events);
    map.clustering = train(pool.view(), refined_options(options.cluster, map.events.size()),
                           backend, options.threads, console);
    map.first_metacluster = next;
    next += static_cast<std::uint32_t>(map.clustering.metaclusters);
    analysis.refined.push_back(std::move(map));
  }
}

/// Metacluster ids of a map's nodes, as they appear in the tables.
std::vector<std::uint32_t> ids_of_nodes(const Clustering& clustering, std::uint32_t first) {
  std::vector<std::uint32_t> ids;
  for (const std::uint32_t metacluster : clustering.metacluster_of_node)
    ids.push_back(first + metacluster);
  return ids;
}

/// Rows of clusters.csv for one map; `events` are the pool's events it holds, all if null.
void name_map(PanelAnalysis& analysis, const Clustering& clustering, std::uint32_t first,
              const std::vector<std::uint32_t>* events, const std::string& parent,
              const Knowledge& knowledge) {
  const std::size_t pooled = analysis.events.store.events();
  // name_clusters numbers from 1; the tables' ids go on over maps and panels.
  std::vector<std::uint32_t> of_event(pooled, 0);
  for (std::size_t index = 0; index < clustering.node_of_event.size(); ++index) {
    const std::size_t event = events == nullptr ? index : (*events)[index];
    of_event[event] = clustering.metacluster_of_node[clustering.node_of_event[index]] + 1;
  }
  std::vector<ClusterRow> rows =
      name_clusters(analysis.events.store.view(), of_event, ids_of_nodes(clustering, 1),
                    analysis.subsets, analysis.calls, knowledge);
  for (ClusterRow& row : rows) {
    row.panel = analysis.events.panel.name;
    row.map = parent;
    const double stability = clustering.stability[row.metacluster - 1];
    if (std::isfinite(stability)) row.stability = stability;
    row.metacluster += first - 1;
    if (analysis.subsets.subsets
            .empty()) {  // no knowledge was asked: nothing is named, and nothing is in doubt
      row.subset.clear();
      row.explanation.clear();
      row.name = fmt::format("Metacluster {}", row.metacluster);
      row.confidence.reset();
    }
    analysis.clusters.push_back(std::move(row));
  }
}

void call_events(PanelAnalysis& analysis, const SampleFits& fits, std::size_t threads,
                 Console& console) {
  const EventView view = analysis.events.store.view();
  analysis.calls =
      call_subsets(analysis.subsets, view, analysis.events.store.ranges(), threads, fits);
  console.finish(view.events, bytes_of(view));
}

void name_all_maps(PanelAnalysis& analysis, const Knowledge& knowledge) {
  name_map(analysis, analysis.clustering, analysis.first_metacluster, nullptr, "", knowledge);
  for (const RefinedMap& map : analysis.refined) {
    name_map(analysis, map.clustering, map.first_metacluster, &map.events, map.parent, knowledge);
  }
}

/// Places all events in the plane between the nodes of the panel's map.
void place_on_map(PanelAnalysis& analysis, std::size_t threads, Console& console) {
  console.stage("place", 0);
  const EventView view = analysis.events.store.view();
  analysis.node_places = layout_nodes(analysis.clustering.prototypes());
  analysis.map = place_events(view, analysis.clustered_markers, analysis.clustering,
                              analysis.node_places, threads);
  console.finish(view.events, bytes_of(view));
}

CodebookModel freeze_map(const Clustering& clustering, const std::vector<std::string>& markers,
                         std::uint32_t first, const std::string& parent,
                         const std::vector<ClusterRow>& clusters) {
  CodebookModel model;
  model.parent = parent;
  model.markers = markers;
  model.scaling = clustering.scaling;
  model.codebook = clustering.codebook;
  model.metacluster_of_node = ids_of_nodes(clustering, first);
  for (const std::uint32_t metacluster : clustering.metacluster_of_node) {
    model.stability_of_node.push_back(clustering.stability[metacluster]);
  }
  for (const std::uint32_t id : model.metacluster_of_node) {
    const auto row = std::find_if(clusters.begin(), clusters.end(), [&](const ClusterRow& cluster) {
      return cluster.metacluster == id;
    });
    model.subset_of_node.push_back(row == clusters.end() || row->subset.empty() ? "unassigned"
                                                                                : row->subset);
  }
  return model;
}

/// A trained map from its frozen form, with these events on it.
Clustering thaw(const CodebookModel& model, const EventView& events, Backend& backend,
                std::uint32_t& first) {
  Clustering clustering;
  clustering.scaling = model.scaling;
  clustering.codebook = model.codebook;
  first = *std::min_element(model.metacluster_of_node.begin(), model.metacluster_of_node.end());
  for (const std::uint32_t id : model.metacluster_of_node) {
    clustering.metacluster_of_node.push_back(id - first);
    clustering.metaclusters = std::max<std::size_t>(clustering.metaclusters, id - first + 1);
  }
  clustering.stability.resize(clustering.metaclusters);
  for (std::size_t node = 0; node < model.stability_of_node.size(); ++node) {
    clustering.stability[clustering.metacluster_of_node[node]] = model.stability_of_node[node];
  }
  clustering.node_of_event = map_events(events, clustering, backend);
  clustering.node_events.assign(model.codebook.rows(), 0);
  for (const NodeIndex node : clustering.node_of_event) ++clustering.node_events[node];
  return clustering;
}

}  // namespace

PanelAnalysis analyse_panel(PanelEvents&& events, const Knowledge& knowledge,
                            const AnalysisOptions& options, Backend& backend,
                            std::uint32_t first_metacluster, Console& console) {
  PanelAnalysis analysis;
  analysis.events = std::move(events);
  analysis.first_metacluster = first_metacluster;
  analysis.clustered_markers = find_markers(analysis.events, options.cluster.markers);
  const EventView view = analysis.events.store.view();
  {
    const ChosenMarkers chosen(view, analysis.events.markers, analysis.clustered_markers);
    analysis.clustering = train(chosen.view(), options.cluster, backend, options.threads, console);
  }

  console.stage("annotate", 0);
  std::vector<bool> is_doubtful;
  for (const PooledSample& sample : analysis.events.samples)
    is_doubtful.push_back(sample.is_doubtful);
  LearnedSubsets learned = learn_and_fit_subsets(
      view, analysis.events.markers, analysis.events.store.ranges(), knowledge,
      analysis.events.panel, options.threads, console, analysis.clustering.node_of_event,
      set_borders_of(options.levels, analysis.events), is_doubtful);
  analysis.subsets = std::move(learned.model);
  give_small_blocks_back();
  call_events(analysis, learned.fits, options.threads, console);
  refine(analysis, knowledge, options, backend, console);
  console.stage("annotate", 0);
  name_all_maps(analysis, knowledge);
  console.finish(0, 0);
  place_on_map(analysis, options.threads, console);
  return analysis;
}

PanelAnalysis map_panel(PanelEvents&& events, const PanelModel& model, const Knowledge& knowledge,
                        const AnalysisOptions& options, Backend& backend, Console& console) {
  PanelAnalysis analysis;
  analysis.events = std::move(events);
  const EventView view = analysis.events.store.view();

  console.stage("map", model.maps.size());
  const CodebookModel& own = model.maps.front();
  analysis.clustered_markers = find_markers(analysis.events, own.markers);
  {
    const ChosenMarkers chosen(view, analysis.events.markers, analysis.clustered_markers);
    analysis.clustering = thaw(own, chosen.view(), backend, analysis.first_metacluster);
  }
  console.finish(view.events, bytes_of(view));

  console.stage("annotate", 0);
  if (!model.subset_model.empty()) {
    analysis.subsets = subset_model_from_json(model.subset_model);
  } else {
    analysis.subsets.markers = analysis.events.markers;  // of `cluster`: there is nothing to name
  }
  call_events(analysis, {}, options.threads, console);
  for (std::size_t index = 1; index < model.maps.size(); ++index) {
    const CodebookModel& frozen = model.maps[index];
    RefinedMap map;
    map.parent = frozen.parent;
    map.markers = frozen.markers;
    map.events = events_within(frozen.parent, analysis);
    const EventStore pool = take(view, analysis.events.markers,
                                 find_markers(analysis.events, frozen.markers), &map.events);
    map.clustering = thaw(frozen, pool.view(), backend, map.first_metacluster);
    analysis.refined.push_back(std::move(map));
  }
  name_all_maps(analysis, knowledge);
  place_on_map(analysis, options.threads, console);
  return analysis;
}

void warn_of_blind_markers(const PanelAnalysis& analysis, Console& console) {
  for (const BlindMarker& blind : analysis.subsets.blind)
    console.warn(fmt::format("{}: the subsets below it that ask for {} are not resolvable",
                             blind.reason, blind.marker));
}

PanelModel freeze(const PanelAnalysis& analysis) {
  PanelModel model;
  model.panel = analysis.events.panel;
  model.markers = analysis.events.markers;
  model.transforms = analysis.events.transforms;
  std::vector<std::string> markers;
  for (const std::size_t row : analysis.clustered_markers) markers.push_back(model.markers[row]);
  model.maps.push_back(
      freeze_map(analysis.clustering, markers, analysis.first_metacluster, "", analysis.clusters));
  for (const RefinedMap& map : analysis.refined) {
    model.maps.push_back(freeze_map(map.clustering, map.markers, map.first_metacluster, map.parent,
                                    analysis.clusters));
  }
  if (!analysis.subsets.subsets.empty()) model.subset_model = to_json(analysis.subsets);
  return model;
}

}  // namespace gateless
