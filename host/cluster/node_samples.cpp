#include "host/cluster/node_samples.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "host/core/parallel.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kMostOfNode = 400;
constexpr std::size_t kFewestOfNode = 25;
constexpr std::size_t kMostOfAll = 102'400;  // 400 of 256 nodes
constexpr std::size_t kCountedEvents =
    1U << 18U;  // so that a count of each node is little beside them

std::size_t chunks_of(std::size_t events, std::size_t size) { return (events + size - 1) / size; }

/// Events of each node in each stretch of kCountedEvents. [stretches][nodes]
std::vector<std::vector<std::uint64_t>> counts_of_stretches(
    std::span<const NodeIndex> node_of_event, std::size_t nodes, std::size_t threads) {
  std::vector<std::vector<std::uint64_t>> counts(chunks_of(node_of_event.size(), kCountedEvents));
  parallel_for(threads, counts.size(), [&](std::size_t stretch) {
    const std::size_t first = stretch * kCountedEvents;
    counts[stretch].assign(nodes, 0);
    for (const NodeIndex node :
         node_of_event.subspan(first, std::min(kCountedEvents, node_of_event.size() - first)))
      ++counts[stretch][node];
  });
  return counts;
}

struct KeyedEvent {
  std::uint64_t key = 0;
  std::size_t event = 0;

  friend bool operator<(const KeyedEvent& a, const KeyedEvent& b) {
    return a.key != b.key ? a.key < b.key : a.event < b.event;
  }
};

/// Of some events, those below the limit of their node, and the lowest of each node.
struct LowestKeys {
  std::vector<std::vector<KeyedEvent>> below;  ///< [nodes]
  std::vector<KeyedEvent> lowest;              ///< [nodes]
};

LowestKeys lowest_keys(std::size_t first, std::size_t last,
                       std::span<const NodeIndex> node_of_event,
                       const std::vector<std::uint64_t>& keys,
                       const std::vector<std::uint64_t>& limit) {
  LowestKeys found{std::vector<std::vector<KeyedEvent>>(limit.size()),
                   std::vector<KeyedEvent>(limit.size(), {~std::uint64_t{0}, keys.size()})};
  for (std::size_t event = first; event < last; ++event) {
    const NodeIndex node = node_of_event[event];
    const KeyedEvent keyed{keys[event], event};
    if (keyed.key <= limit[node]) {
      found.below[node].push_back(keyed);
    } else if (found.below[node].empty()) {  // else nobody asks for the lowest
      found.lowest[node] = std::min(found.lowest[node], keyed);
    }
  }
  return found;
}

/// The events of each node with the lowest keys, about `most`; events that are alike have one key.
std::vector<std::vector<KeyedEvent>> choose_by_key(std::span<const NodeIndex> node_of_event,
                                                   const std::vector<std::uint64_t>& node_events,
                                                   const std::vector<std::uint64_t>& keys,
                                                   std::size_t most, std::size_t threads) {
  constexpr double kKeys = 0x1p64;
  std::vector<std::uint64_t> limit(node_events.size(), ~std::uint64_t{0});
  for (std::size_t node = 0; node < limit.size(); ++node) {
    if (node_events[node] <= most) continue;
    limit[node] = static_cast<std::uint64_t>(static_cast<double>(most) /
                                             static_cast<double>(node_events[node]) * kKeys);
  }
  std::vector<LowestKeys> parts(chunks_of(keys.size(), kCountedEvents));
  parallel_for(threads, parts.size(), [&](std::size_t part) {
    const std::size_t first = part * kCountedEvents;
    parts[part] = lowest_keys(first, std::min(keys.size(), first + kCountedEvents), node_of_event,
                              keys, limit);
  });
  std::vector<std::vector<KeyedEvent>> chosen(node_events.size());
  parallel_for(threads, chosen.size(), [&](std::size_t node) {
    KeyedEvent lowest{~std::uint64_t{0}, keys.size()};
    for (const LowestKeys& part : parts) {
      chosen[node].insert(chosen[node].end(), part.below[node].begin(), part.below[node].end());
      lowest = std::min(lowest, part.lowest[node]);
    }
    if (chosen[node].empty() && node_events[node] > 0) chosen[node].push_back(lowest);
    std::sort(chosen[node].begin(), chosen[node].end());
    if (chosen[node].size() > 2 * most) chosen[node].resize(2 * most);
  });
  return chosen;
}

/// The places of chosen events, those of a node from its `first` row on. [events][markers]
Matrix<float> places_of(const std::vector<std::vector<KeyedEvent>>& chosen,
                        const std::vector<std::size_t>& first, const NoiseUnits& units,
                        std::size_t threads) {
  // Row by row of the pool, as not all of it need be in memory at a time; then turned, as threads that write to different
  // markers of one event would wait for each other.
  std::vector<std::size_t> events;
  for (const std::vector<KeyedEvent>& of_node : chosen) {
    for (const KeyedEvent& one : of_node) events.push_back(one.event);
  }
  Matrix<float> by_marker(units.markers(), events.size());
  parallel_for(threads, units.markers(),
               [&](std::size_t m) { units.of_events(events, m, by_marker.row(m)); });
  Matrix<float> places(first.back(), units.markers());
  parallel_for(threads, chosen.size(), [&](std::size_t node) {
    for (std::size_t row = first[node]; row < first[node + 1]; ++row) {
      for (std::size_t m = 0; m < units.markers(); ++m) places(row, m) = by_marker(m, row);
    }
  });
  return places;
}

}  // namespace

std::vector<std::uint64_t> count_events(std::span<const NodeIndex> node_of_event, std::size_t nodes,
                                        std::size_t threads) {
  std::vector<std::uint64_t> counts(nodes, 0);
  for (const auto& part : counts_of_stretches(node_of_event, nodes, threads))
    std::transform(counts.begin(), counts.end(), part.begin(), counts.begin(), std::plus<>());
  return counts;
}

ChosenEvents spread_over_nodes(std::span<const NodeIndex> node_of_event, std::size_t nodes,
                               std::size_t most, std::size_t threads) {
  // What each stretch has of a node becomes how many events of it lie before the stretch.
  auto seen = counts_of_stretches(node_of_event, nodes, threads);
  std::vector<std::uint64_t> count(nodes, 0);
  for (auto& stretch : seen) {
    for (std::size_t node = 0; node < nodes; ++node)
      count[node] += std::exchange(stretch[node], count[node]);
  }
  ChosenEvents chosen{{}, std::vector<std::size_t>(nodes + 1, 0)};
  for (std::size_t node = 0; node < nodes; ++node)
    chosen.first[node + 1] = chosen.first[node] + std::min<std::size_t>(count[node], most);
  chosen.events.resize(chosen.first.back());
  parallel_for(threads, seen.size(), [&](std::size_t stretch) {
    const std::size_t first = stretch * kCountedEvents;
    const std::size_t last = std::min(node_of_event.size(), first + kCountedEvents);
    // Event `index` of a node has a place where (index + 1) * wanted / count exceeds index * wanted / count: the next that has.
    std::vector<std::uint64_t> next(nodes, 0);
    const auto next_from = [&](std::size_t node, std::uint64_t place) {
      const std::uint64_t wanted = std::min<std::uint64_t>(count[node], most);
      return ((place + 1) * count[node] + wanted - 1) / wanted - 1;
    };
    for (std::size_t node = 0; node < nodes; ++node) {
      const std::uint64_t wanted = std::min<std::uint64_t>(count[node], most);
      if (wanted > 0) next[node] = next_from(node, seen[stretch][node] * wanted / count[node]);
    }
    for (std::size_t event = first; event < last; ++event) {
      const NodeIndex node = node_of_event[event];
      const std::uint64_t index = seen[stretch][node]++;
      if (index != next[node]) continue;
      const std::uint64_t wanted = std::min<std::uint64_t>(count[node], most);
      const std::uint64_t place = index * wanted / count[node];
      chosen.events[chosen.first[node] + place] = event;
      next[node] = next_from(node, place + 1);
    }
  });
  return chosen;
}

NodeSamples::NodeSamples(const NoiseUnits& units, std::span<const NodeIndex> node_of_event,
                         const std::vector<std::uint64_t>& node_events,
                         const std::vector<std::uint64_t>& keys, std::size_t threads)
    : first_(node_events.size() + 1, 0), weight_(node_events.size(), 0.0) {
  const std::size_t most = std::clamp(kMostOfAll / std::max<std::size_t>(1, node_events.size()),
                                      kFewestOfNode, kMostOfNode);
  const auto chosen = choose_by_key(node_of_event, node_events, keys, most, threads);
  for (std::size_t node = 0; node < chosen.size(); ++node) {
    first_[node + 1] = first_[node] + chosen[node].size();
    if (chosen[node].empty()) continue;
    weight_[node] =
        static_cast<double>(node_events[node]) / static_cast<double>(chosen[node].size());
  }
  place_ = places_of(chosen, first_, units, threads);
}

WeightedEvents NodeSamples::of(std::span<const std::size_t> nodes) const {
  std::size_t rows = 0;
  for (const std::size_t node : nodes) rows += count(node);
  WeightedEvents taken{Matrix<float>(rows, place_.columns()), {}};
  for (const std::size_t node : nodes) {
    for (std::size_t i = first_[node]; i < first_[node + 1]; ++i) {
      const auto from = place_.row(i);
      std::copy(from.begin(), from.end(), taken.place.row(taken.weight.size()).begin());
      taken.weight.push_back(weight_[node]);
    }
  }
  return taken;
}

std::vector<float> NodeSamples::mean_of(std::span<const std::size_t> nodes) const {
  std::vector<double> sum(place_.columns(), 0.0);
  double total = 0.0;
  for (const std::size_t node : nodes) {
    for (std::size_t i = first_[node]; i < first_[node + 1]; ++i) {
      total += weight_[node];
      const auto place = place_.row(i);
      for (std::size_t m = 0; m < sum.size(); ++m) {
        sum[m] += weight_[node] * static_cast<double>(place[m]);
      }
    }
  }
  std::vector<float> mean;
  for (const double value : sum) mean.push_back(static_cast<float>(value / total));
  return mean;
}

}  // namespace gateless::cluster
