#include "host/cluster/far_events.hpp"

#include <algorithm>
#include <optional>

#include "host/cluster/valley.hpp"
#include "host/core/clones.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kChunkEvents = 1U << 14U;
constexpr std::size_t kMostFarEvents =
    3000;  // of a region; the farthest, so that the search stays short

/// Adds what a marker has of the squared distances of events from their nodes. `nodes` are the marker's places of all nodes.
GATELESS_CLONES_TO_AVX2
void add_squares_from_nodes(const float* places, const NodeIndex* node_of_event, std::size_t count,
                            const float* nodes, float* squared) {
  for (std::size_t i = 0; i < count; ++i) {
    const float apart = places[i] - nodes[node_of_event[i]];
    squared[i] += apart * apart;
  }
}

/// The far ones of a stretch of events, appended to their regions. `nodes` is [markers][nodes].
void find_far(std::size_t first, std::size_t count, const NoiseUnits& units,
              const Matrix<float>& nodes, const TrainedNodes& trained, FarEvents& far) {
  std::vector<float> squared(count, 0.0F);
  std::vector<float> places(count);
  for (std::size_t m = 0; m < units.markers(); ++m) {
    units.of_events(first, m, places);
    add_squares_from_nodes(places.data(), trained.node_of_event.data() + first, count,
                           nodes.row(m).data(), squared.data());
  }
  const auto limit = static_cast<float>(far_limit(units.markers()));
  for (std::size_t i = 0; i < count; ++i) {
    if (squared[i] <= limit) continue;
    far[trained.region_of_node[trained.node_of_event[first + i]]].push_back(
        {first + i, squared[i]});
  }
}

/// The same of listed events [from, to).
void add_listed(const std::vector<std::size_t>& listed, std::size_t from, std::size_t to,
                const NoiseUnits& units, const Matrix<float>& nodes, const TrainedNodes& trained,
                FarEvents& far) {
  for (std::size_t i = from; i < to; ++i) {
    const NodeIndex node = trained.node_of_event[listed[i]];
    float squared = 0.0F;
    for (std::size_t m = 0; m < units.markers(); ++m) {
      const float apart = units.of_event(listed[i], m) - nodes(m, node);
      squared += apart * apart;
    }
    far[trained.region_of_node[node]].push_back({listed[i], squared});
  }
}

void keep_farthest(std::vector<FarEvent>& far) {
  if (far.size() <= kMostFarEvents) return;
  std::nth_element(far.begin(), far.begin() + kMostFarEvents, far.end(),
                   [](const FarEvent& a, const FarEvent& b) {
                     return a.squared > b.squared || (a.squared == b.squared && a.event < b.event);
                   });
  far.resize(kMostFarEvents);
  std::sort(far.begin(), far.end(),
            [](const FarEvent& a, const FarEvent& b) { return a.event < b.event; });
}

/// [columns][rows]
Matrix<float> turned(const Matrix<float>& matrix) {
  Matrix<float> result(matrix.columns(), matrix.rows());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t column = 0; column < matrix.columns(); ++column)
      result(column, row) = matrix(row, column);
  }
  return result;
}

}  // namespace

FarEvents far_events(const NoiseUnits& units, const Matrix<float>& nodes,
                     const TrainedNodes& trained, std::size_t regions, ResidentEvents* resident,
                     std::size_t threads) {
  const Matrix<float> by_marker = turned(nodes);
  std::optional<std::vector<std::size_t>> listed;
  if (resident != nullptr)
    listed = resident->far_events({by_marker, units.noise(), trained.node_of_event,
                                   static_cast<float>(far_limit(units.markers()))});
  const std::size_t events = listed ? listed->size() : trained.node_of_event.size();
  const std::size_t chunks = (events + kChunkEvents - 1) / kChunkEvents;
  std::vector<FarEvents> found(chunks, FarEvents(regions));
  parallel_for(threads, chunks, [&](std::size_t chunk) {
    const std::size_t first = chunk * kChunkEvents;
    const std::size_t count = std::min(kChunkEvents, events - first);
    if (listed) {
      add_listed(*listed, first, first + count, units, by_marker, trained, found[chunk]);
    } else {
      find_far(first, count, units, by_marker, trained, found[chunk]);
    }
  });
  FarEvents far(regions);
  for (std::size_t region = 0; region < regions; ++region) {
    for (const FarEvents& part : found) {
      far[region].insert(far[region].end(), part[region].begin(), part[region].end());
    }
    keep_farthest(far[region]);
  }
  return far;
}

}  // namespace gateless::cluster
