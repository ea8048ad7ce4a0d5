#include "host/cluster/metacluster.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace gateless {
namespace {

/// One step of the agglomeration: group `right` joins group `left`.
struct Merge {
  std::size_t left = 0;
  std::size_t right = 0;
  double height = 0.0;
};

double squared_distance(std::span<const float> left, std::span<const float> right) {
  double sum = 0.0;
  for (std::size_t m = 0; m < left.size(); ++m) {
    const double difference = static_cast<double>(left[m]) - static_cast<double>(right[m]);
    sum += difference * difference;
  }
  return sum;
}

/// Minkowski distance of order 4: populations differ strongly in few markers, and the higher order keeps the noise of
/// the many others from burying that.
double distance_of(std::span<const float> left, std::span<const float> right) {
  double sum = 0.0;
  for (std::size_t m = 0; m < left.size(); ++m) {
    const double difference = static_cast<double>(left[m]) - static_cast<double>(right[m]);
    sum += difference * difference * difference * difference;
  }
  return std::sqrt(std::sqrt(sum));
}

/// Average linkage (UPGMA): every node counts the same, so that a small population far away is not swallowed for being
/// small, as it is by Ward's criterion. [nodes - 1] merges by rising height.
std::vector<Merge> agglomerate(const Matrix<float>& codebook,
                               const std::vector<std::size_t>& nodes) {
  const std::size_t count = nodes.size();
  Matrix<double> distance(count, count);
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      distance(a, b) = distance_of(codebook.row(nodes[a]), codebook.row(nodes[b]));
    }
  }
  std::vector<double> size(count, 1.0);
  std::vector<bool> is_alive(count, true);
  std::vector<std::size_t> nearest(count, 0);
  const auto find_nearest = [&](std::size_t a) {
    std::size_t best = count;
    for (std::size_t b = a + 1; b < count; ++b) {
      if (is_alive[b] && (best == count || distance(a, b) < distance(a, best))) best = b;
    }
    nearest[a] = best;
  };
  for (std::size_t a = 0; a < count; ++a) find_nearest(a);
  std::vector<Merge> merges;
  for (std::size_t step = 1; step < count; ++step) {
    std::size_t left = count;
    for (std::size_t a = 0; a < count; ++a) {
      if (!is_alive[a] || nearest[a] == count) continue;
      if (left == count || distance(a, nearest[a]) < distance(left, nearest[left])) left = a;
    }
    const std::size_t right = nearest[left];
    merges.push_back({left, right, distance(left, right)});
    is_alive[right] = false;
    const double total = size[left] + size[right];
    for (std::size_t other = 0; other < count; ++other) {
      if (!is_alive[other] || other == left) continue;
      const double mean =
          (size[left] * distance(left, other) + size[right] * distance(right, other)) / total;
      distance(left, other) = distance(other, left) = mean;
    }
    size[left] = total;
    for (std::size_t a = 0; a < count; ++a) {
      if (is_alive[a] && (a == left || nearest[a] == left || nearest[a] == right || a < left)) {
        find_nearest(a);
      }
    }
  }
  return merges;
}

/// Root mean square over markers of the standard deviation of events within their nodes.
double noise_of(const Matrix<double>& variance, const std::vector<std::uint64_t>& node_events) {
  double sum = 0.0;
  double events = 0.0;
  for (std::size_t node = 0; node < variance.rows(); ++node) {
    const auto weight = static_cast<double>(node_events[node]);
    for (const double value : variance.row(node)) sum += weight * value;
    events += weight;
  }
  return std::sqrt(sum / (events * static_cast<double>(variance.columns())));
}

/// Groups that lie farther apart than a multiple of the noise within nodes stay apart, within the bounds of a modest
/// over-clustering: two metaclusters of one population get the same name, two populations in one metacluster are
/// lost. The constants were chosen on labelled sets (tests/bench/weber.py).
std::size_t number_by_noise(const std::vector<Merge>& merges, double noise) {
  constexpr double kApart = 5.0;
  constexpr std::size_t kFewest = 16;
  constexpr std::size_t kMost = 45;
  const auto apart =
      static_cast<std::size_t>(std::count_if(merges.begin(), merges.end(), [&](const Merge& merge) {
        return merge.height > kApart * noise;
      }));
  return std::min(std::clamp(apart + 1, kFewest, kMost), merges.size() + 1);
}

/// Group of each of `count` nodes after the first `count - groups` merges.
std::vector<std::size_t> cut(const std::vector<Merge>& merges, std::size_t count,
                             std::size_t groups) {
  std::vector<std::size_t> group(count);
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (std::size_t step = 0; step + groups < count; ++step) {
    std::replace(group.begin(), group.end(), merges[step].right, merges[step].left);
  }
  return group;
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
  Metaclusters result{std::vector<std::uint32_t>(nodes), order.size()};
  std::vector<std::uint32_t> number(nodes, 0);
  for (std::size_t i = 0; i < order.size(); ++i) number[order[i]] = static_cast<std::uint32_t>(i);
  for (std::size_t node = 0; node < nodes; ++node) {
    result.of_node[node] = number[group_of_node[node]];
  }
  return result;
}

}  // namespace

Metaclusters metacluster_nodes(const Matrix<float>& codebook,
                               const std::vector<std::uint64_t>& node_events,
                               const Matrix<double>& variance, std::size_t requested) {
  std::vector<std::size_t> nodes;
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (node_events[node] > 0) nodes.push_back(node);
  }
  const std::vector<Merge> merges = agglomerate(codebook, nodes);
  const std::size_t groups = requested == 0
                                 ? number_by_noise(merges, noise_of(variance, node_events))
                                 : std::min(requested, nodes.size());
  const std::vector<std::size_t> group = cut(merges, nodes.size(), groups);

  std::vector<std::size_t> group_of_node(codebook.rows());
  for (std::size_t i = 0; i < nodes.size(); ++i) group_of_node[nodes[i]] = nodes[group[i]];
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (node_events[node] > 0) continue;
    const auto nearest = std::min_element(nodes.begin(), nodes.end(), [&](auto a, auto b) {
      return squared_distance(codebook.row(node), codebook.row(a)) <
             squared_distance(codebook.row(node), codebook.row(b));
    });
    group_of_node[node] = group_of_node[*nearest];
  }
  return number_groups(group_of_node, node_events);
}

}  // namespace gateless
