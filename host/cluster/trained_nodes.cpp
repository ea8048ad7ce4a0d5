#include "host/cluster/trained_nodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "host/cluster/moments.hpp"
#include "host/cluster/node_samples.hpp"
#include "host/cluster/noise_units.hpp"
#include "host/cluster/some_events.hpp"
#include "host/cluster/split_nodes.hpp"
#include "host/cluster/training.hpp"
#include "host/core/parallel.hpp"
#include "host/core/piece_values.hpp"

namespace gateless::cluster {
namespace {

// Refilling splits the worst nodes; a few rounds settle it, and what is empty then has nothing to split. Nodes that hold
// two populations are few, and what is split has to find its place.
constexpr int kRefillRounds = 3;
constexpr int kSplitRounds = 2;
// Where a pool has many more events than this a node, some say where nodes belong (their mean is known to 4.5 % of their
// spread), and few looks at all settle it.
constexpr std::size_t kEarlyEventsOfNode = 500;
constexpr double kMostEarly = 0.5;
constexpr std::size_t kChunkEvents = 1U << 18U;
constexpr int kLastEpochs = 1;
// A resample of 20,000 events has 20 of a node of this size; a map of very many nodes keeps those above half the mean.
constexpr double kUnseenShare = 0.001;
constexpr double kUnseenOfMean = 0.5;

/// Events that a codebook is trained on: about kEarlyEventsOfNode a node, chosen by their keys; all where that is most of them.
std::vector<std::size_t> early_events(const std::vector<std::uint64_t>& keys, std::size_t nodes,
                                      std::size_t threads) {
  const auto wanted = static_cast<double>(kEarlyEventsOfNode * nodes);
  const double share = wanted / static_cast<double>(keys.size());
  if (share > kMostEarly) return {};
  const auto limit = static_cast<std::uint64_t>(share * 0x1p64);
  std::vector<std::vector<std::size_t>> parts((keys.size() + kChunkEvents - 1) / kChunkEvents);
  parallel_for(threads, parts.size(), [&](std::size_t part) {
    const std::size_t last = std::min(keys.size(), (part + 1) * kChunkEvents);
    for (std::size_t event = part * kChunkEvents; event < last; ++event) {
      if (keys[event] <= limit) parts[part].push_back(event);
    }
  });
  std::vector<std::size_t> chosen;
  for (const auto& part : parts) chosen.insert(chosen.end(), part.begin(), part.end());
  return chosen;
}

/// Moves empty nodes to where nodes are too wide and splits those that hold two populations. Every event is with its
/// nearest node afterwards. Returns the squares of the nodes' events.
NodeSquares settle_nodes(EventView events, const std::vector<std::uint64_t>& keys,
                         std::size_t threads, TimedEvents& resident, Clustering& clustering) {
  clustering.node_of_event.resize(events.events);
  int refills = 0;
  int splits = 0;
  while (true) {
    Matrix<float>& codebook = clustering.codebook;
    NodeSquares squares = resident.assign(codebook, clustering.node_of_event);
    clustering.node_events = count_events(clustering.node_of_event, codebook.rows(), threads);
    const Matrix<double> variance = within_node_variance(squares, clustering.node_events);
    if (refills < kRefillRounds &&
        refill_empty_nodes(codebook, clustering.node_events, variance) > 0) {
      ++refills;
    } else {
      if (splits == kSplitRounds) return squares;
      const NoiseUnits units(events, clustering.scaling, codebook, variance,
                             clustering.node_events);
      const NodeSamples samples(units, clustering.node_of_event, clustering.node_events, keys,
                                threads);
      if (split_nodes(codebook, samples, units, clustering.node_events, kMaxNodes - codebook.rows(),
                      threads) == 0) {
        return squares;
      }
      ++splits;
    }
    // The moved prototypes become means again.
    const NodeSums sums = resident.pass(codebook);
    codebook = update_means(std::move(codebook), sums);
  }
}

/// Numbers the nodes that are kept anew, rising. Returns the events of the others, whose numbers mean nothing any more.
std::vector<std::size_t> renumber(const std::vector<std::size_t>& kept, std::size_t nodes,
                                  std::vector<NodeIndex>& node_of_event) {
  std::vector<NodeIndex> number(nodes, 0);
  std::vector<bool> is_kept(nodes, false);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    number[kept[i]] = static_cast<NodeIndex>(i);
    is_kept[kept[i]] = true;
  }
  std::vector<std::size_t> others;
  for (std::size_t event = 0; event < node_of_event.size(); ++event) {
    if (!is_kept[node_of_event[event]]) others.push_back(event);
    node_of_event[event] = number[node_of_event[event]];
  }
  return others;
}

/// Takes away nodes with too few events for a resample to see (kUnseenShare): their events go to the next nearest node,
/// unless they are a far group, which is looked for as a whole. Whoever is with another node has none nearer now, so only those
/// events are looked at. Returns the squares of the events of what is left.
NodeSquares drop_unseen_nodes(EventView events, NodeSquares squares, Backend& backend,
                              Clustering& clustering) {
  const std::size_t nodes = clustering.codebook.rows(), markers = clustering.codebook.columns();
  const auto all = static_cast<double>(clustering.node_of_event.size());
  const double fewest =
      std::min(kUnseenShare * all, kUnseenOfMean * all / static_cast<double>(nodes));
  std::vector<std::size_t> seen;
  for (std::size_t node = 0; node < nodes; ++node) {
    if (static_cast<double>(clustering.node_events[node]) >= fewest) seen.push_back(node);
  }
  if (seen.size() == nodes) return squares;
  Matrix<float> codebook(seen.size(), markers);
  std::vector<std::uint64_t> node_events;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto row = clustering.codebook.row(seen[i]);
    std::copy(row.begin(), row.end(), codebook.row(i).begin());
    node_events.push_back(clustering.node_events[seen[i]]);
  }
  clustering.codebook = std::move(codebook);
  const std::vector<std::size_t> moved = renumber(seen, nodes, clustering.node_of_event);
  const SomeEvents some(events, moved);
  std::vector<NodeIndex> node_of_moved(moved.size());
  NodeSquares result = backend.load(some.view(), clustering.scaling)
                           ->assign_with_squares(clustering.codebook, node_of_moved);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    clustering.node_of_event[moved[i]] = node_of_moved[i];
    ++node_events[node_of_moved[i]];
  }
  clustering.node_events = std::move(node_events);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t m = 0; m < markers; ++m) {
      result.sums(i, m) += squares.sums(seen[i], m);
      result.squares(i, m) += squares.squares(seen[i], m);
    }
  }
  return result;
}

/// Trains a codebook, by a map or by k-means, and leaves every event with its nearest node. Returns the variance within nodes.
Matrix<double> train_on_all(EventView events, const std::vector<std::uint64_t>& keys,
                            const ClusterOptions& options, Backend& backend, std::size_t threads,
                            Progress& progress, TimedEvents& resident, Clustering& clustering) {
  const Pass pass = [&](const Matrix<float>& codebook) {
    NodeSums sums = resident.pass(codebook);
    progress.step();
    return sums;
  };
  const bool is_som = options.algorithm == ClusterOptions::Algorithm::kSom;
  clustering.codebook =
      is_som ? train_som(start_on_plane(moments_of(resident.products(), events.events), options),
                         options, pass)
             : train_kmeans(start_by_seeding(events, clustering.scaling, options), options, pass);
  NodeSquares squares = settle_nodes(events, keys, threads, resident, clustering);
  progress.step();
  const auto empty = std::count(clustering.node_events.begin(), clustering.node_events.end(), 0U);
  if (empty > 0) {
    clustering.warnings.push_back(
        fmt::format("{} of {} nodes hold no event; there are fewer different events than nodes",
                    empty, clustering.codebook.rows()));
  }
  squares = drop_unseen_nodes(events, std::move(squares), backend, clustering);
  return within_node_variance(squares, clustering.node_events);
}

/// Lloyd iterations over all events after training on some. Returns the variance within nodes.
Matrix<double> settle_on_all(EventView events, std::size_t threads, TimedEvents& resident,
                             Clustering& clustering) {
  for (int epoch = 0; epoch < kLastEpochs; ++epoch) {
    const NodeSums sums = resident.pass(clustering.codebook);
    clustering.codebook = update_means(std::move(clustering.codebook), sums);
  }
  clustering.node_of_event.resize(events.events);
  const NodeSquares squares = resident.assign(clustering.codebook, clustering.node_of_event);
  clustering.node_events =
      count_events(clustering.node_of_event, clustering.codebook.rows(), threads);
  return within_node_variance(squares, clustering.node_events);
}

}  // namespace

Matrix<double> train_nodes(EventView events, const std::vector<std::uint64_t>& keys,
                           const ClusterOptions& options, Backend& backend, std::size_t threads,
                           Progress& progress, Pieces& pieces, TimedEvents& resident,
                           Clustering& clustering) {
  const std::vector<std::size_t> chosen = early_events(keys, options.node_count(), threads);
  if (chosen.empty())
    return train_on_all(events, keys, options, backend, threads, progress, resident, clustering);
  std::tie(clustering.codebook, clustering.warnings) =
      finished(pieces, "nodes of some events", [&] {
        const SomeEvents some(events, chosen);
        std::vector<std::uint64_t> chosen_keys;
        for (const std::size_t event : chosen) chosen_keys.push_back(keys[event]);
        TimedEvents early(some.view(), backend.load(some.view(), clustering.scaling), clustering);
        (void)train_on_all(some.view(), chosen_keys, options, backend, threads, progress, early,
                           clustering);
        return std::pair(clustering.codebook, clustering.warnings);
      });
  return settle_on_all(events, threads, resident, clustering);
}

}  // namespace gateless::cluster
