// Events in the plane: against the published formula written out plainly, and for what must not matter.
#include "host/cluster/event_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "host/cluster/node_layout.hpp"
#include "host/cluster/tree_layout.hpp"

namespace gateless::cluster {
namespace {

double uniform(std::mt19937& random) { return static_cast<double>(random() >> 5) / 134217728.0; }

/// Events around `groups` centres in `markers` dimensions, and a codebook of some of them.
struct Made {
  EventStore store{{}};
  Clustering clustering;
  std::vector<std::size_t> group;
};

Made made(std::size_t events, std::size_t nodes, std::size_t markers, std::size_t groups = 5) {
  std::mt19937 random(3);
  Made result;
  Matrix<double> centres(groups, markers);
  for (double& value : centres.values()) value = 6.0 * uniform(random);
  std::vector<std::vector<float>> columns(markers);
  for (std::size_t i = 0; i < events; ++i) {
    result.group.push_back(random() % groups);
    for (std::size_t m = 0; m < markers; ++m) {
      const double noise = uniform(random) + uniform(random) + uniform(random) - 1.5;
      columns[m].push_back(static_cast<float>(centres(result.group.back(), m) + noise));
    }
  }
  result.store = EventStore(std::vector<std::string>(markers, "m"));
  result.store.append(0, columns);
  result.store.seal();
  Clustering& clustering = result.clustering;
  clustering.scaling.shift.assign(markers, 1.5F);
  clustering.scaling.scale = 0.125F;
  clustering.codebook = Matrix<float>(nodes, markers);
  for (std::size_t n = 0; n < nodes; ++n) {
    for (std::size_t m = 0; m < markers; ++m)
      clustering.codebook(n, m) = (columns[m][n * events / nodes] - 1.5F) * 0.125F;
  }
  for (std::size_t i = 0; i < events; ++i) {
    std::size_t best = 0;
    double nearest = 1e9;
    for (std::size_t n = 0; n < nodes; ++n) {
      double sum = 0.0;
      for (std::size_t m = 0; m < markers; ++m)
        sum += std::pow(
            static_cast<double>((columns[m][i] - 1.5F) * 0.125F - clustering.codebook(n, m)), 2);
      if (sum < nearest) {
        nearest = sum;
        best = n;
      }
    }
    clustering.node_of_event.push_back(static_cast<NodeIndex>(best));
  }
  return result;
}

/// Of each node of a codebook, its distance from a place.
std::vector<double> distances(const std::vector<double>& place, const Matrix<float>& codebook) {
  std::vector<double> distance(codebook.rows(), 0.0);
  for (std::size_t n = 0; n < codebook.rows(); ++n) {
    for (std::size_t m = 0; m < place.size(); ++m)
      distance[n] += std::pow(place[m] - static_cast<double>(codebook(n, m)), 2);
    distance[n] = std::sqrt(distance[n]);
  }
  return distance;
}

/// EmbedSOM as published, marker by marker and pair by pair, by the nodes around `home`.
std::pair<double, double> published(const std::vector<double>& event, std::size_t home,
                                    const Matrix<float>& codebook, const Matrix<double>& layout) {
  const std::vector<double> distance = distances(event, codebook);
  const std::vector<double> from_home =
      distances({codebook.row(home).begin(), codebook.row(home).end()}, codebook);
  std::vector<std::size_t> order(codebook.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return from_home[a] < from_home[b]; });
  const std::size_t nodes = std::min(order.size(), kMapCandidates);
  order.resize(nodes);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return distance[a] != distance[b] ? distance[a] < distance[b] : a < b;
  });
  const std::size_t k = std::min(kMapNeighbours, nodes);
  const std::size_t all = std::min(kMapNeighbours + 1, nodes);
  double mean = 0.0, square = 0.0, weights = 0.0;
  for (std::size_t i = 0; i < all; ++i) {
    const double w = 1.0 / static_cast<double>(i + 1);
    mean += w * distance[order[i]];
    square += w * distance[order[i]] * distance[order[i]];
    weights += w;
  }
  mean /= weights;
  const double sd = std::sqrt(std::max(square / weights - mean * mean, 1e-24));
  std::vector<double> score;
  for (std::size_t i = 0; i < k; ++i) {
    const double d = distance[order[i]];
    score.push_back(std::exp((mean - d) * std::exp(-1.0) / sd));
    if (all > k) score.back() *= 1.0 - std::exp(10.0 * d / distance[order[all - 1]] - 10.0);
  }
  double a = 0, b = 0, c = 0, d = 0, e = 0;
  for (std::size_t i = 0; i < k; ++i) {
    const std::size_t p = order[i];
    a += 1e-5 * score[i];
    c += 1e-5 * score[i];
    d += 1e-5 * score[i] * layout(p, 0);
    e += 1e-5 * score[i] * layout(p, 1);
    for (std::size_t j = i + 1; j < k; ++j) {
      const std::size_t q = order[j];
      double scalar = 0.0, between = 0.0;
      for (std::size_t m = 0; m < event.size(); ++m) {
        const double step =
            static_cast<double>(codebook(q, m)) - static_cast<double>(codebook(p, m));
        between += step * step;
        scalar += step * (event[m] - static_cast<double>(codebook(p, m)));
      }
      const double hx = layout(q, 0) - layout(p, 0), hy = layout(q, 1) - layout(p, 1);
      const double h = hx * hx + hy * hy;
      if (between == 0.0 || h < 1e-10) continue;
      scalar /= between;
      const double s = score[i] * score[j] / (1.0 + h) * std::exp(-std::pow(scalar - 0.5, 2));
      const double right = s * (scalar + (hx * layout(p, 0) + hy * layout(p, 1)) / h);
      a += s * hx * hx / h;
      b += s * hx * hy / h;
      c += s * hy * hy / h;
      d += right * hx;
      e += right * hy;
    }
  }
  return {(d * c - e * b) / (a * c - b * b), (a * e - b * d) / (a * c - b * b)};
}

std::vector<std::size_t> all_rows(const Made& data) {
  std::vector<std::size_t> rows(data.store.view().markers);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

std::vector<double> event_of(const Made& data, std::size_t i) {
  std::vector<double> event;
  for (std::size_t m = 0; m < data.store.view().markers; ++m)
    event.push_back(static_cast<double>((data.store.view().marker(m)[i] - 1.5F) * 0.125F));
  return event;
}

TEST(EventMap, PlacesAsThePublishedFormulaDoes) {
  for (const std::size_t nodes : {1U, 2U, 7U, 15U, 16U, 40U, 200U}) {
    const Made data = made(1000, nodes, 9);
    const Matrix<double> layout = layout_nodes(data.clustering.prototypes());
    const EventMap map =
        place_events(data.store.view(), all_rows(data), data.clustering, layout, 1);
    for (std::size_t i = 0; i < map.x.size(); ++i) {
      const auto [x, y] = published(event_of(data, i), data.clustering.node_of_event[i],
                                    data.clustering.codebook, layout);
      EXPECT_NEAR(static_cast<double>(map.x[i]), x, 2e-4) << nodes << " " << i;
      EXPECT_NEAR(static_cast<double>(map.y[i]), y, 2e-4) << nodes << " " << i;
    }
  }
}

TEST(EventMap, GivesTheSameBytesForAnyNumberOfThreads) {
  const Made data = made(100000, 60, 5);
  const Matrix<double> layout = layout_nodes(data.clustering.prototypes());
  const EventMap one = place_events(data.store.view(), all_rows(data), data.clustering, layout, 1);
  const EventMap three =
      place_events(data.store.view(), all_rows(data), data.clustering, layout, 3);
  EXPECT_EQ(one.x, three.x);
  EXPECT_EQ(one.y, three.y);
}

TEST(EventMap, KeepsGroupsApart) {
  const Made data = made(3000, 100, 8);
  const Matrix<double> layout = layout_nodes(data.clustering.prototypes());
  const EventMap map = place_events(data.store.view(), all_rows(data), data.clustering, layout, 2);
  std::size_t right = 0;
  for (std::size_t i = 0; i < 500; ++i) {  // the nearest other event in the plane
    double nearest = 1e30;
    std::size_t best = 0;
    for (std::size_t j = 0; j < map.x.size(); ++j) {
      const double x = static_cast<double>(map.x[i] - map.x[j]);
      const double y = static_cast<double>(map.y[i] - map.y[j]);
      if (j == i || x * x + y * y >= nearest) continue;
      nearest = x * x + y * y;
      best = j;
    }
    right += data.group[i] == data.group[best] ? 1U : 0U;
  }
  EXPECT_GE(right, 495U);
}

TEST(EventMap, AnEventFarFromAllNodesHasAPlace) {
  Made data = made(50, 20, 3);
  data.store.marker(0)[7] = 1e6F;
  const EventMap map = place_events(data.store.view(), all_rows(data), data.clustering,
                                    layout_nodes(data.clustering.prototypes()), 1);
  EXPECT_TRUE(std::isfinite(map.x[7]) && std::isfinite(map.y[7]));
}

TEST(EventMap, MoreNodesThanListsHoldArePlacedAsThePublishedFormulaDoes) {
  const Made data = made(700, 600, 4, 2);
  const Matrix<double> layout = layout_nodes(data.clustering.prototypes());
  const EventMap map = place_events(data.store.view(), all_rows(data), data.clustering, layout, 1);
  for (std::size_t i = 0; i < map.x.size(); ++i) {
    const auto [x, y] = published(event_of(data, i), data.clustering.node_of_event[i],
                                  data.clustering.codebook, layout);
    EXPECT_NEAR(static_cast<double>(map.x[i]), x, 1e-2) << i;
    EXPECT_NEAR(static_cast<double>(map.y[i]), y, 1e-2) << i;
  }
}

TEST(EventMap, EqualNodesDoNoHarm) {
  Made data = made(200, 20, 3);
  for (float& value : data.clustering.codebook.values()) value = 0.25F;
  const EventMap map = place_events(data.store.view(), all_rows(data), data.clustering,
                                    layout_nodes(data.clustering.prototypes()), 1);
  for (const float x : map.x) EXPECT_TRUE(std::isfinite(x));
}

TEST(NodeLayout, TheSpanningTreeOfALineIsTheLine) {
  Matrix<double> nodes(5, 1);
  const std::vector<double> places = {0.0, 7.0, 1.0, 20.0, 5.0};
  std::copy(places.begin(), places.end(), nodes.values().begin());
  using Edges = std::vector<std::pair<std::size_t, std::size_t>>;
  EXPECT_EQ(spanning_tree(nodes), (Edges{{0, 2}, {2, 4}, {4, 1}, {1, 3}}));
  const Matrix<double> tree = layout_tree(5, spanning_tree(nodes));
  const auto apart = [&](std::size_t i, std::size_t j) {
    return std::hypot(tree(i, 0) - tree(j, 0), tree(i, 1) - tree(j, 1));
  };
  EXPECT_NEAR(apart(0, 2), 1.0, 0.02);
  EXPECT_NEAR(apart(0, 3), 4.0, 0.02);
}

}  // namespace
}  // namespace gateless::cluster
