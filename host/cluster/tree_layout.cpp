#include "host/cluster/tree_layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "host/core/clones.hpp"

namespace gateless::cluster {
namespace {

/// Path lengths between all nodes of a tree.
Matrix<double> path_lengths(const std::vector<std::vector<std::size_t>>& neighbours) {
  const std::size_t n = neighbours.size();
  Matrix<double> lengths(n, n, -1.0);
  for (std::size_t from = 0; from < n; ++from) {
    std::vector<std::size_t> queue{from};
    lengths(from, from) = 0.0;
    for (std::size_t at = 0; at < queue.size(); ++at) {
      for (const std::size_t next : neighbours[queue[at]]) {
        if (lengths(from, next) >= 0.0) continue;
        lengths(from, next) = lengths(from, queue[at]) + 1.0;
        queue.push_back(next);
      }
    }
  }
  return lengths;
}

/// A tree around its middle: each branch has an angle by its number of tips. Nothing crosses.
struct RadialTree {
  const std::vector<std::vector<std::size_t>>& neighbours;
  Matrix<double> place;
  std::vector<double> tips;

  explicit RadialTree(const std::vector<std::vector<std::size_t>>& links, std::size_t root)
      : neighbours(links), place(links.size(), 2), tips(links.size(), 0.0) {
    std::vector<std::size_t> order{root}, parent(links.size(), root);
    for (std::size_t at = 0; at < order.size(); ++at) {
      for (const std::size_t next : links[order[at]]) {
        if (next == parent[order[at]]) continue;
        parent[next] = order[at];
        order.push_back(next);
      }
    }
    for (auto node = order.rbegin(); node != order.rend(); ++node) {
      if (tips[*node] == 0.0) tips[*node] = 1.0;
      if (*node != root) tips[parent[*node]] += tips[*node];
    }
    std::vector<double> first(links.size(), 0.0), depth(links.size(), 0.0);
    for (const std::size_t node : order) {
      const double middle = 2.0 * std::numbers::pi * (first[node] + 0.5 * tips[node]) / tips[root];
      place(node, 0) = depth[node] * std::cos(middle);
      place(node, 1) = depth[node] * std::sin(middle);
      double next_first = first[node];
      for (const std::size_t next : links[node]) {
        if (node != root && next == parent[node]) continue;
        first[next] = next_first;
        depth[next] = depth[node] + 1.0;
        next_first += tips[next];
      }
    }
  }
};

/// Where node i is pulled to by all others: the sums of their places, and of a step of the wanted length from each towards it,
/// each by its weight. `weight` is 1 / length^2 and `inverse` is 1 / length, [nodes]; both are 0 at i.
GATELESS_CLONES
void pulled_to(const double* x, const double* y, std::size_t n, std::size_t one,
               const double* weight, const double* inverse, double* sum) {
  constexpr std::size_t kLanes = 8;
  const double own_x = x[one], own_y = y[one];
  double lanes_x[kLanes] = {}, lanes_y[kLanes] = {};
  const auto add = [&](std::size_t j, std::size_t lane) {
    const double apart_x = own_x - x[j], apart_y = own_y - y[j];
    const double apart = std::sqrt(apart_x * apart_x + apart_y * apart_y);
    const double stretch = apart > 1e-9 ? inverse[j] / apart : 0.0;
    lanes_x[lane] += weight[j] * x[j] + stretch * apart_x;
    lanes_y[lane] += weight[j] * y[j] + stretch * apart_y;
  };
  std::size_t j = 0;
  for (; j + kLanes <= n; j += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(j + lane, lane);
  }
  for (; j < n; ++j) add(j, 0);
  sum[0] = sum[1] = 0.0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sum[0] += lanes_x[lane];
    sum[1] += lanes_y[lane];
  }
}

void majorise(const Matrix<double>& lengths, Matrix<double>& place) {
  constexpr int kRounds = 150;
  const std::size_t n = place.rows();
  Matrix<double> weight(n, n, 0.0), inverse(n, n, 0.0);
  std::vector<double> x(n), y(n), weights(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = place(i, 0);
    y[i] = place(i, 1);
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      inverse(i, j) = 1.0 / lengths(i, j);
      weight(i, j) = inverse(i, j) * inverse(i, j);
      weights[i] += weight(i, j);
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < n; ++i) {
      std::array<double, 2> sum{};
      pulled_to(x.data(), y.data(), n, i, weight.row(i).data(), inverse.row(i).data(), sum.data());
      x[i] = sum[0] / weights[i];
      y[i] = sum[1] / weights[i];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    place(i, 0) = x[i];
    place(i, 1) = y[i];
  }
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> spanning_tree(const Matrix<double>& nodes) {
  const std::size_t n = nodes.rows();
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  if (n < 2) return edges;
  const auto squared = [&](std::size_t i, std::size_t j) {
    double sum = 0.0;
    for (std::size_t m = 0; m < nodes.columns(); ++m) {
      const double apart = nodes(i, m) - nodes(j, m);
      sum += apart * apart;
    }
    return sum;
  };
  std::vector<double> nearest(n, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> via(n, 0);
  std::vector<bool> is_in(n, false);
  std::size_t last = 0;
  is_in[0] = true;
  for (std::size_t count = 1; count < n; ++count) {
    std::size_t next = n;
    for (std::size_t i = 0; i < n; ++i) {
      if (is_in[i]) continue;
      const double distance = squared(last, i);
      if (distance < nearest[i]) {
        nearest[i] = distance;
        via[i] = last;
      }
      if (next == n || nearest[i] < nearest[next]) next = i;
    }
    edges.emplace_back(via[next], next);
    is_in[next] = true;
    last = next;
  }
  return edges;
}

Matrix<double> layout_tree(std::size_t nodes,
                           const std::vector<std::pair<std::size_t, std::size_t>>& edges) {
  if (nodes < 2) return Matrix<double>(nodes, 2);
  std::vector<std::vector<std::size_t>> neighbours(nodes);
  for (const auto& [one, other] : edges) {
    neighbours[one].push_back(other);
    neighbours[other].push_back(one);
  }
  const Matrix<double> lengths = path_lengths(neighbours);
  std::size_t root = 0;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < nodes; ++i) {
    const auto row = lengths.row(i);
    const double farthest = *std::max_element(row.begin(), row.end());
    if (farthest < best) {
      best = farthest;
      root = i;
    }
  }
  Matrix<double> place = RadialTree(neighbours, root).place;
  majorise(lengths, place);
  return place;
}

}  // namespace gateless::cluster
