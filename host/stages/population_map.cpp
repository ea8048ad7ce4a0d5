#include "host/stages/population_map.hpp"

#include <algorithm>
#include <optional>

#include "host/core/large_blocks.hpp"
#include "host/core/piece_values.hpp"
#include "host/stages/freed_memory.hpp"

namespace gateless::stages {
namespace {

/// The values of a map's events: the pool itself where its markers lie side by side in it, as all markers beside light
/// scatter mostly do, else a copy.
class MapValues {
 public:
  MapValues(const PanelEvents& pool, const MapEvents& events) {
    const EventView all = pool.store.view();
    const bool is_one_block =
        !events.rows.empty() && std::adjacent_find(events.rows.begin(), events.rows.end(),
                                                   [](std::size_t one, std::size_t next) {
                                                     return next != one + 1;
                                                   }) == events.rows.end();
    if (events.parent.empty() && is_one_block) {
      view_ = all.rows(events.rows.front(), events.rows.size());
      return;
    }
    std::vector<std::string> names;
    std::vector<std::vector<float>> columns;
    for (const std::size_t row : events.rows) {
      names.push_back(pool.markers[row]);
      columns.push_back(values_of(all.marker(row), events));
      keep_memory_bound();
    }
    copy_.emplace(std::move(names));
    copy_->append(0, std::move(columns));
    copy_->seal();
    view_ = copy_->view();
  }
  [[nodiscard]] EventView view() const { return view_; }

 private:
  static std::vector<float> values_of(std::span<const float> all, const MapEvents& events) {
    if (events.parent.empty()) return {all.begin(), all.end()};
    std::vector<float> values;
    values.reserve(events.chosen.size());
    for (const std::size_t event : events.chosen) values.push_back(all[event]);
    return values;
  }

  EventView view_;
  std::optional<EventStore> copy_;
};

std::uint64_t bytes_of(const EventView& events) {
  return std::uint64_t{events.events} * events.markers * sizeof(float);
}

PopulationMap map_of(MapEvents&& events, Clustering&& clustering, MetaclusterId first) {
  return {.parent = std::move(events.parent),
          .rows = std::move(events.rows),
          .chosen = std::move(events.chosen),
          .clustering = std::move(clustering),
          .first = first};
}

}  // namespace

std::vector<std::string> markers_of(const PopulationMap& map, const PanelEvents& events) {
  std::vector<std::string> markers;
  for (const std::size_t row : map.rows) markers.push_back(events.markers[row]);
  return markers;
}

PopulationMap train_map(const PanelEvents& pool, MapEvents&& events, const ClusterOptions& options,
                        MetaclusterId first, std::size_t threads, Backend& backend,
                        Progress& progress, Pieces& pieces) {
  const auto train = [&] {
    const MapValues values(pool, events);
    Clustering trained = cluster_events(values.view(), options, backend, threads, progress, pieces);
    progress.looks_at(values.view().events, trained.pass_bytes);
    progress.leave_rest_to(Stage::kMetacluster, trained.pass_seconds, values.view().events,
                           bytes_of(values.view()));
    return trained;
  };
  Clustering clustering =
      timed(progress, Stage::kCluster, [&] { return finished(pieces, "map", train); });
  for (const std::string& warning : clustering.warnings) progress.warn(warning);
  give_small_blocks_back();
  return map_of(std::move(events), std::move(clustering), first);
}

PopulationMap thaw_map(const PanelEvents& pool, MapEvents&& events, const CodebookModel& model,
                       Backend& backend) {
  Clustering clustering;
  clustering.scaling = model.scaling;
  clustering.codebook = model.codebook;
  const std::uint32_t first =
      *std::min_element(model.metacluster_of_node.begin(), model.metacluster_of_node.end());
  for (const std::uint32_t id : model.metacluster_of_node) {
    clustering.metacluster_of_node.push_back(id - first);
    clustering.metaclusters = std::max<std::size_t>(clustering.metaclusters, id - first + 1);
  }
  clustering.stability.resize(clustering.metaclusters);
  for (std::size_t node = 0; node < model.stability_of_node.size(); ++node) {
    clustering.stability[clustering.metacluster_of_node[node]] = model.stability_of_node[node];
  }
  clustering.node_of_event = map_events(MapValues(pool, events).view(), clustering, backend);
  clustering.node_events.assign(model.codebook.rows(), 0);
  for (const NodeIndex node : clustering.node_of_event) ++clustering.node_events[node];
  return map_of(std::move(events), std::move(clustering), MetaclusterId(first));
}

CodebookModel freeze_map(const PopulationMap& map, const PanelEvents& pool,
                         const std::vector<ClusterRow>& clusters) {
  CodebookModel model;
  model.parent = map.parent;
  model.markers = markers_of(map, pool);
  model.scaling = map.clustering.scaling;
  model.codebook = map.clustering.codebook;
  for (std::size_t node = 0; node < map.clustering.metacluster_of_node.size(); ++node) {
    const std::uint32_t id = map.id_of(NodeId::at(node)).value();
    model.metacluster_of_node.push_back(id);
    model.stability_of_node.push_back(
        map.clustering.stability[map.clustering.metacluster_of_node[node]]);
    const auto row = std::find_if(clusters.begin(), clusters.end(), [&](const ClusterRow& cluster) {
      return cluster.metacluster == id;
    });
    model.subset_of_node.push_back(row == clusters.end() || row->subset.empty() ? "unassigned"
                                                                                : row->subset);
  }
  return model;
}

}  // namespace gateless::stages
