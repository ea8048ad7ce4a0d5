#include "tests/report/fake_evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "host/core/packed_levels.hpp"

namespace gateless::report {
namespace {

const std::vector<std::string> kMarkers = {"IgD", "CD27", "CD24", "CD38", "CD21", "CD11c"};

struct FakeCells {
  std::string subset, name;
  std::array<double, 6> centre;  // [markers]
  int events;                    // sampled in each sample
};

const std::vector<FakeCells> kCells = {
    {"b_igd_naive_gate", "IgD+ CD27- B cells", {3.4, 0.6, 1.8, 1.8, 3.0, 0.3}, 60},
    {"b_usm", "Unswitched memory", {2.9, 3.0, 1.5, 1.2, 2.8, 0.4}, 25},
    {"b_swm", "Switched memory", {0.5, 3.1, 1.4, 1.0, 2.7, 0.5}, 30},
    {"b_dn", "Double-negative (DN) B cells", {0.5, 0.7, 0.6, 0.8, 1.0, 2.2}, 20}};

double uniform(std::mt19937& random) { return static_cast<double>(random() >> 5) / 134217728.0; }

double around(double centre, std::mt19937& random) {
  return centre +
         0.6 * (uniform(random) + uniform(random) + uniform(random) + uniform(random) - 2.0);
}

BackGate division(const Results& results, std::size_t x, std::size_t y,
                  const std::vector<std::string>& parts, std::mt19937& random) {
  BackGate gate;
  gate.panel = "B", gate.parent = "b_cell", gate.partition = kMarkers[x] + kMarkers[y];
  gate.x_marker = kMarkers[x], gate.y_marker = kMarkers[y];
  gate.x_low = gate.y_low = -0.5, gate.x_high = gate.y_high = 4.5;
  gate.x_ticks = {{0.0, "0"}, {2.0, "10\u00B3"}, {3.0, "10\u2074"}};
  gate.bins = 24, gate.x_parts = 2, gate.parts = parts;
  for (const QcRow& row : results.qc) {
    BackGateSample sample{row.sample, 4000, "", {1.8}, {1.7}, {}, {0.0, 0.0, 0.0, 0.0}};
    Matrix<std::uint64_t> counts(gate.bins, gate.bins);
    for (int event = 0; event < 4000; ++event) {
      const FakeCells& cells = kCells[random() % kCells.size()];
      const double at_x = around(cells.centre[x], random), at_y = around(cells.centre[y], random);
      const auto bin = [&](double value) {
        return static_cast<std::size_t>(std::clamp((value + 0.5) / 5.0 * 24.0, 0.0, 23.0));
      };
      counts(bin(at_y), bin(at_x)) += 1;
      sample.fractions[(at_y >= 1.7 ? 2U : 0U) + (at_x >= 1.8 ? 1U : 0U)] += 1.0 / 4000.0;
    }
    sample.counts = packed_counts(counts);
    gate.samples.push_back(sample);
  }
  return gate;
}

SampledEvents sampled(const Results& results, std::mt19937& random) {
  SampledEvents events;
  events.panel = "B";
  for (const std::string& marker : kMarkers)
    events.markers.push_back({marker, -0.5, 4.5, {{0.0, "0"}, {2.0, "10\u00B3"}}, ""});
  Matrix<std::uint64_t> density(32, 32);
  for (const QcRow& row : results.qc) {
    for (const FakeCells& cells : kCells) {
      events.strata.push_back(
          {row.sample, cells.subset, 2000, static_cast<std::size_t>(cells.events)});
      for (int i = 0; i < cells.events; ++i) {
        for (std::size_t m = 0; m < kMarkers.size(); ++m)
          events.markers[m].values += packed_share((around(cells.centre[m], random) + 0.5) / 5.0);
        const double x = 0.15 + 0.16 * cells.centre[0] + 0.05 * uniform(random);
        const double y = 0.15 + 0.16 * cells.centre[1] + 0.05 * uniform(random);
        events.map += packed_fine_share(x) + packed_fine_share(y);
        density(static_cast<std::size_t>(32 * y), static_cast<std::size_t>(32 * x)) += 40;
      }
    }
  }
  events.bins = 32;
  events.density = packed_counts(density);
  return events;
}

NodeTree tree(const Results& results, const std::string& map, std::mt19937& random) {
  NodeTree nodes{"B", map, {"IgD", "CD27", "CD38"}, {}, {}, {}, {}, ""};
  for (const ClusterRow& row : results.clusters) {
    if (row.map != map) continue;
    for (std::size_t n = 0; n < row.nodes; ++n) {
      const std::size_t node = nodes.places.size();
      if (node > 0) nodes.edges.emplace_back(random() % node, node);
      nodes.places.emplace_back(6.0 * uniform(random), 6.0 * uniform(random));
      nodes.events.push_back(row.events / row.nodes);
      nodes.metaclusters.push_back(row.metacluster);
      for (std::size_t m = 0; m < nodes.markers.size(); ++m)
        nodes.values += packed_share(uniform(random));
    }
  }
  return nodes;
}

}  // namespace

void add_fake_evidence(Results& results) {
  std::mt19937 random(11);
  results.back_gates = {
      division(results, 0, 1,
               {"Double-negative (DN) B cells", "IgD+ CD27- B cells", "Switched memory",
                "Unswitched memory"},
               random),
      division(results, 4, 5, {"DN3", "DN1", "DN2 (extrafollicular, ABC-like)", ""}, random)};
  results.sampled_events = {sampled(results, random)};
  results.node_trees = {tree(results, "", random), tree(results, "b_cell", random)};
}

}  // namespace gateless::report
