#include "host/cluster/metacluster.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "host/cluster/agglomerate.hpp"
#include "host/cluster/marker_borders.hpp"

namespace gateless::cluster {
namespace {

// Nodes from this distance on are different populations: mostly kept apart by the resamples, or by some of them and by the
// border of a marker.
constexpr double kApart = 0.63;
// What lying on opposite sides of a border takes away from being together, at most.
constexpr double kBorders = 0.8;
// Two normal populations of one spread look like one when their means lie within 2 standard deviations (Behboodian,
// Technometrics 1970); noise within nodes is somewhat less than the spread of a population that has several (much less
// with few markers, where this rule seldom speaks).
constexpr double kUnresolved = 2.5;
// What all resamples keep apart still has an order: a hint of the distance itself.
constexpr double kHint = 0.01;

/// The shares of the chosen nodes, [groups][chosen]; none for far nodes, which come last.
Matrix<double> by_group(const Shares& shares, const std::vector<std::size_t>& chosen,
                        std::size_t trained) {
  Matrix<double> result(shares.columns(), trained);
  for (std::size_t i = 0; i < trained; ++i) {
    for (std::size_t group = 0; group < shares.columns(); ++group) {
      result(group, i) = static_cast<double>(shares(chosen[i], group));
    }
  }
  return result;
}

/// How far two nodes are together that a share of the resamples keeps so. Borders count where the resamples disagree, in
/// full from where half keep the nodes apart: a population that all find whole stays so wherever a border runs through it,
/// while what has no valley is divided as experts divide it.
double divided(double kept, double shared_sides) {
  const double doubt = std::min(1.0, 2.0 * (1.0 - kept));
  return kept * (1.0 - kBorders * doubt * (1.0 - shared_sides));
}

/// Distances between the chosen nodes, [chosen][chosen].
Matrix<double> consensus(const Matrix<double>& straight, const std::vector<Shares>& resamples,
                         const Matrix<double>& sides, const std::vector<std::size_t>& chosen,
                         std::size_t first_far) {
  const auto trained = static_cast<std::size_t>(
      std::lower_bound(chosen.begin(), chosen.end(), first_far) - chosen.begin());
  Matrix<double> together(chosen.size(), chosen.size(), 0.0);  // below the diagonal
  for (const Shares& shares : resamples) {
    const Matrix<double> groups = by_group(shares, chosen, trained);
    for (std::size_t group = 0; group < groups.rows(); ++group) {
      const auto share = groups.row(group);
      for (std::size_t a = 0; a < trained; ++a) {
        if (!(share[a] > 0.0)) continue;  // a node goes to few groups
        const auto row = together.row(a);
        for (std::size_t b = 0; b < a; ++b) row[b] += share[a] * share[b];
      }
    }
  }
  const auto values = straight.values();
  const double farthest =
      std::max(*std::max_element(values.begin(), values.end()), std::numeric_limits<double>::min());
  Matrix<double> distance(chosen.size(), chosen.size(), 0.0);
  for (std::size_t a = 0; a < chosen.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double kept = together(a, b) / static_cast<double>(resamples.size());
      distance(a, b) = distance(b, a) =
          1.0 - divided(kept, sides(a, b)) + kHint * straight(chosen[a], chosen[b]) / farthest;
    }
  }
  return distance;
}

/// Rows and columns of the members.
Matrix<double> within(const Matrix<double>& distance, const std::vector<std::size_t>& members) {
  Matrix<double> part(members.size(), members.size());
  for (std::size_t a = 0; a < members.size(); ++a) {
    for (std::size_t b = 0; b < members.size(); ++b) part(a, b) = distance(members[a], members[b]);
  }
  return part;
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
      const double share = events * static_cast<double>(shares(node, group));
      both(metaclusters.of_node[node], group) += share;
      in_group[group] += share;
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

/// The nearest of some nodes.
std::size_t nearest_to(std::size_t node, const std::vector<std::size_t>& nodes,
                       const Matrix<double>& straight) {
  return *std::min_element(nodes.begin(), nodes.end(), [&](std::size_t a, std::size_t b) {
    return straight(node, a) < straight(node, b);
  });
}

/// Joins the nodes that most resamples keep together, but for those with a valley between them, seen among the events of
/// all that would be together. Group of each chosen node.
std::vector<std::size_t> join_nodes(const Matrix<double>& distance,
                                    const std::vector<std::size_t>& chosen,
                                    const NodeSamples& samples) {
  const std::vector<std::size_t> region = cut_at(agglomerate(distance), kApart);
  std::vector<std::size_t> group(chosen.size());
  std::size_t groups = 0;
  const std::size_t regions = 1 + *std::max_element(region.begin(), region.end());
  for (std::size_t here = 0; here < regions; ++here) {
    std::vector<std::size_t> members;
    std::vector<std::size_t> nodes;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (region[i] != here) continue;
      members.push_back(i);
      nodes.push_back(chosen[i]);
    }
    const WeightedEvents events = samples.of(nodes);
    const auto mean_of = [&](std::span<const std::size_t> part) {
      std::vector<std::size_t> part_nodes;
      for (const std::size_t member : part) part_nodes.push_back(nodes[member]);
      return samples.mean_of(part_nodes);
    };
    const std::vector<std::size_t> parts =
        join_unless_apart(within(distance, members), kApart, [&](auto left, auto right) {
          return has_valley_between(events, mean_of(left), mean_of(right));
        });
    for (std::size_t i = 0; i < members.size(); ++i) group[members[i]] = groups + parts[i];
    groups += 1 + *std::max_element(parts.begin(), parts.end());
  }
  return group;
}

std::vector<std::vector<std::size_t>> nodes_of_groups(const std::vector<std::size_t>& group,
                                                      const std::vector<std::size_t>& chosen) {
  std::vector<std::vector<std::size_t>> nodes(1 + *std::max_element(group.begin(), group.end()));
  for (std::size_t i = 0; i < group.size(); ++i) nodes[group[i]].push_back(chosen[i]);
  return nodes;
}

/// Joins groups that lie so near each other that nothing shows two: parts of a population too small for a node in many of
/// the resamples, which put its events to this neighbour or that.
void join_unresolved(const std::vector<std::size_t>& chosen, const NodeSamples& samples,
                     std::vector<std::size_t>& group) {
  const std::vector<std::vector<std::size_t>> nodes = nodes_of_groups(group, chosen);
  std::vector<std::vector<float>> means;
  for (const auto& of_group : nodes) means.push_back(samples.mean_of(of_group));
  Matrix<float> places(means.size(), means.front().size());
  for (std::size_t i = 0; i < means.size(); ++i) {
    std::copy(means[i].begin(), means[i].end(), places.row(i).begin());
  }
  const auto nodes_of = [&](std::span<const std::size_t> groups) {
    std::vector<std::size_t> all;
    for (const std::size_t one : groups)
      all.insert(all.end(), nodes[one].begin(), nodes[one].end());
    return all;
  };
  const std::vector<std::size_t> joined =
      join_unless_apart(distances_between(places), kUnresolved, [&](auto left, auto right) {
        std::vector<std::size_t> both = nodes_of(left);
        const std::vector<std::size_t> others = nodes_of(right);
        const std::vector<float> from = samples.mean_of(both);
        both.insert(both.end(), others.begin(), others.end());
        return has_valley_between(samples.of(both), from, samples.mean_of(others));
      });
  for (std::size_t& one : group) one = joined[one];
}

/// The share of each metacluster in the resamples; metaclusters of far nodes alone have none.
void measure_stability(const std::vector<Shares>& resamples,
                       const std::vector<std::uint64_t>& node_events, std::size_t first_far,
                       Metaclusters& metaclusters) {
  metaclusters.stability.assign(metaclusters.count, 0.0);
  for (const Shares& shares : resamples) add_similarity(shares, node_events, metaclusters);
  std::vector<bool> is_seen(metaclusters.count, false);
  for (std::size_t node = 0; node < first_far; ++node) {
    if (node_events[node] > 0) is_seen[metaclusters.of_node[node]] = true;
  }
  for (std::size_t m = 0; m < metaclusters.count; ++m) {
    metaclusters.stability[m] =
        is_seen[m] ? metaclusters.stability[m] / static_cast<double>(resamples.size())
                   : std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace

Metaclusters metacluster_nodes(const Matrix<float>& codebook,
                               const std::vector<std::uint64_t>& node_events,
                               const std::vector<Shares>& resamples, const NodeSamples& samples,
                               std::size_t first_far, std::size_t requested) {
  std::vector<std::size_t> nodes;
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (node_events[node] > 0) nodes.push_back(node);
  }
  const Matrix<double> straight = distances_between(codebook);
  Matrix<double> distance =
      consensus(straight, resamples, sides_shared(samples, nodes), nodes, first_far);
  std::vector<std::size_t> group;
  if (requested == 0) {
    group = join_nodes(distance, nodes, samples);
    join_unresolved(nodes, samples, group);
  } else {
    group = cut_into(agglomerate(std::move(distance)), requested);
  }

  std::vector<std::size_t> group_of_node(codebook.rows());
  for (std::size_t i = 0; i < nodes.size(); ++i) group_of_node[nodes[i]] = group[i];
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (node_events[node] == 0) {
      group_of_node[node] = group_of_node[nearest_to(node, nodes, straight)];
    }
  }
  Metaclusters metaclusters = number_groups(group_of_node, node_events);
  measure_stability(resamples, node_events, first_far, metaclusters);
  return metaclusters;
}

}  // namespace gateless::cluster
