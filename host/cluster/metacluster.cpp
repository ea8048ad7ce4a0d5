#include "host/cluster/metacluster.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "host/cluster/agglomerate.hpp"

namespace gateless {
namespace {

// Nodes that a larger share of resamples keeps apart are different populations.
constexpr double kApart = 0.4;
// What all resamples keep apart still has an order: a hint of the distance itself.
constexpr double kHint = 0.01;

/// Distances between the chosen nodes, [chosen][chosen].
Matrix<double> consensus(const Matrix<double>& straight, const std::vector<Shares>& resamples,
                         const std::vector<std::size_t>& chosen, std::size_t first_far) {
  const auto values = straight.values();
  const double farthest =
      std::max(*std::max_element(values.begin(), values.end()), std::numeric_limits<double>::min());
  Matrix<double> distance(chosen.size(), chosen.size(), 0.0);
  for (std::size_t a = 0; a < chosen.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double together = 0.0;
      if (chosen[a] < first_far && chosen[b] < first_far) {
        for (const Shares& shares : resamples) {
          const auto left = shares.row(chosen[a]);
          const auto right = shares.row(chosen[b]);
          together += std::inner_product(left.begin(), left.end(), right.begin(), 0.0);
        }
        together /= static_cast<double>(resamples.size());
      }
      distance(a, b) = distance(b, a) =
          1.0 - together + kHint * straight(chosen[a], chosen[b]) / farthest;
    }
  }
  return distance;
}

/// Numbers the groups by falling number of events; equal ones by their first node.
Metaclusters number_groups(const std::vector<std::size_t>& group_of_node,
                           const std::vector<std::uint64_t>& node_events) {
  const std::size_t nodes = group_of_node.size();
  std::vector<std::uint64_t> events(nodes, 0);
  for (std::size_t node = 0; node < nodes; ++node) events[group_of_node[node]] += node_events[node];
  std::vector<std::size_t> order;
  for (std::size_t group = 0; group < nodes; ++group) {
    if (events[group] > 0) order.push_back(group);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return events[a] > events[b]; });
  Metaclusters result{std::vector<std::uint32_t>(nodes), order.size(), {}};
  std::vector<std::uint32_t> number(nodes, 0);
  for (std::size_t i = 0; i < order.size(); ++i) number[order[i]] = static_cast<std::uint32_t>(i);
  for (std::size_t node = 0; node < nodes; ++node) {
    result.of_node[node] = number[group_of_node[node]];
  }
  return result;
}

/// Adds, for each metacluster, the Jaccard similarity with the most similar group of one resample.
void add_similarity(const Shares& shares, const std::vector<std::uint64_t>& node_events,
                    Metaclusters& metaclusters) {
  Matrix<double> both(metaclusters.count, shares.columns(), 0.0);
  std::vector<double> in_group(shares.columns(), 0.0);
  std::vector<double> in_metacluster(metaclusters.count, 0.0);
  for (std::size_t node = 0; node < shares.rows(); ++node) {
    const auto events = static_cast<double>(node_events[node]);
    in_metacluster[metaclusters.of_node[node]] += events;
    for (std::size_t group = 0; group < shares.columns(); ++group) {
      both(metaclusters.of_node[node], group) += events * shares(node, group);
      in_group[group] += events * shares(node, group);
    }
  }
  for (std::size_t m = 0; m < metaclusters.count; ++m) {
    double best = 0.0;
    for (std::size_t group = 0; group < shares.columns(); ++group) {
      const double either = in_metacluster[m] + in_group[group] - both(m, group);
      if (either > 0.0) best = std::max(best, both(m, group) / either);
    }
    metaclusters.stability[m] += best;
  }
}

}  // namespace

Metaclusters metacluster_nodes(const Matrix<float>& codebook,
                               const std::vector<std::uint64_t>& node_events,
                               const std::vector<Shares>& resamples, std::size_t first_far,
                               std::size_t requested) {
  std::vector<std::size_t> nodes;
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (node_events[node] > 0) nodes.push_back(node);
  }
  const Matrix<double> straight = distances_between(codebook);
  const std::vector<Merge> merges = agglomerate(consensus(straight, resamples, nodes, first_far));
  const std::vector<std::size_t> group =
      requested == 0 ? cut_at(merges, kApart) : cut_into(merges, requested);

  std::vector<std::size_t> group_of_node(codebook.rows());
  for (std::size_t i = 0; i < nodes.size(); ++i) group_of_node[nodes[i]] = group[i];
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (node_events[node] > 0) continue;
    const auto nearest = std::min_element(nodes.begin(), nodes.end(), [&](auto a, auto b) {
      return straight(node, a) < straight(node, b);
    });
    group_of_node[node] = group_of_node[*nearest];
  }
  Metaclusters metaclusters = number_groups(group_of_node, node_events);
  metaclusters.stability.assign(metaclusters.count, 0.0);
  for (const Shares& shares : resamples) add_similarity(shares, node_events, metaclusters);
  for (double& stability : metaclusters.stability) {
    stability /= static_cast<double>(resamples.size());
  }
  for (std::size_t node = first_far; node < codebook.rows(); ++node) {
    metaclusters.stability[metaclusters.of_node[node]] = std::numeric_limits<double>::quiet_NaN();
  }
  return metaclusters;
}

}  // namespace gateless
