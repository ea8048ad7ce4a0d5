#include "host/stages/refine.hpp"

#include <algorithm>

#include "host/stages/map_markers.hpp"

namespace gateless::stages {
namespace {

/// A subset with fewer events than this is not clustered again: a map needs some events per node.
constexpr std::size_t kFewestRefinedEvents = 500;
/// Nodes of a refined map: one per kEventsPerRefinedNode events, between 4x4 and the panel's own grid.
constexpr std::size_t kEventsPerRefinedNode = 100;

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

}  // namespace

std::vector<std::size_t> events_within(const std::string& subset, const SubsetModel& model,
                                       const SubsetCalls& calls) {
  const std::vector<bool> is_member = family_of(subset, model);
  std::vector<std::size_t> events;
  for (std::size_t event = 0; event < calls.subset_of_event.size(); ++event) {
    const std::int16_t called = calls.subset_of_event[event];
    if (called >= 0 && is_member[static_cast<std::size_t>(called)]) {
      events.push_back(event);
    }
  }
  return events;
}

std::vector<PopulationMap> refine(const PanelEvents& pool, const SubsetModel& model,
                                  const SubsetCalls& calls, const Knowledge& knowledge,
                                  const ClusterOptions& options, MetaclusterId next,
                                  std::size_t threads, Backend& backend, Progress& progress,
                                  Pieces& pieces) {
  std::vector<PopulationMap> maps;
  for (const KnownSubset& subset : knowledge.subsets) {
    if (!subset.is_reclustered) continue;
    MapEvents events{.parent = subset.id,
                     .rows = markers_within(subset.id, pool, knowledge),
                     .chosen = events_within(subset.id, model, calls)};
    if (events.chosen.size() < kFewestRefinedEvents || events.rows.size() < 2) continue;
    const ClusterOptions own = refined_options(options, events.chosen.size());
    NamedPieces of_subset(pieces, subset.id + " ");
    maps.push_back(
        train_map(pool, std::move(events), own, next, threads, backend, progress, of_subset));
    next = maps.back().next_id();
  }
  return maps;
}

}  // namespace gateless::stages
