// Times what the host does around the passes of a clustering: checks, ranges, keys and selections of events.
// usage: around_passes EVENTS MARKERS NODES THREADS REPEATS
// Prints a table of nanoseconds an event: wall, the least and the median of the repeats, and CPU of all threads, the median.
// Where other programs keep the cores busy, the least wall time is the one that says what this program needs.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "host/cluster/cluster.hpp"
#include "host/cluster/far_groups.hpp"
#include "host/cluster/moments.hpp"
#include "host/cluster/node_samples.hpp"
#include "host/compute/cpu_backend.hpp"
#include "host/compute/measured_values.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/philox.hpp"
#include "tests/bench/lloyd_step.hpp"

namespace {

using namespace gateless;
using namespace gateless::app;

constexpr int kPasses = 3;

/// One of 30 populations, each with four fifths of the part of the one before.
std::size_t population_of(double unit) {
  double part = 0.2;
  std::size_t population = 0;
  for (; population + 1 < 30 && unit >= part; ++population) {
    unit -= part;
    part *= 0.8;
  }
  return population;
}

/// [markers][events]
std::vector<float> made_values(std::size_t events, std::size_t markers, std::size_t threads) {
  std::vector<float> values(events * markers);
  const Philox random(1, 0);
  const Philox middles(1, 1);
  parallel_for(threads, markers, [&](std::size_t m) {
    for (std::size_t event = 0; event < events; ++event) {
      const std::size_t population = population_of(random.uniform(event * 256));
      const auto words = random.block(event * 256 + 1 + m);
      const double noise = static_cast<double>(words[0]) - static_cast<double>(words[1]);
      const double middle = 1.2 * middles.uniform(population * 128 + m) - 0.6;
      values[m * events + event] = static_cast<float>(middle + 0.25 * 0x1p-32 * noise);
    }
  });
  return values;
}

struct Cost {
  double wall = 0.0;
  double cpu = 0.0;  ///< of all threads
};

Cost cost_of(const std::function<void()>& piece) {
  const std::clock_t cpu = std::clock();
  const auto start = std::chrono::steady_clock::now();
  piece();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {wall.count(), static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}

void print(const std::string& what, const std::vector<Cost>& costs, std::size_t events) {
  std::vector<double> wall;
  std::vector<double> cpu;
  for (const Cost& cost : costs) {
    wall.push_back(cost.wall * 1e9 / static_cast<double>(events));
    cpu.push_back(cost.cpu * 1e9 / static_cast<double>(events));
  }
  std::sort(wall.begin(), wall.end());
  std::sort(cpu.begin(), cpu.end());
  fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} |\n", what, wall.front(), wall[wall.size() / 2],
             cpu[cpu.size() / 2]);
}

struct Piece {
  std::string name;
  std::function<void()> work;
};

void measure(const std::vector<Piece>& pieces, std::size_t events, std::size_t repeats) {
  std::vector<std::vector<Cost>> costs(pieces.size());
  std::vector<Cost> all(repeats);
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
      const Cost cost = cost_of(pieces[piece].work);
      costs[piece].push_back(cost);
      all[repeat].wall += cost.wall;
      all[repeat].cpu += cost.cpu;
    }
  }
  for (std::size_t piece = 0; piece < pieces.size(); ++piece)
    print(pieces[piece].name, costs[piece], events);
  if (pieces.size() > 1) print("all of these", all, events);
}

void run(std::size_t events, std::size_t markers, std::size_t nodes, std::size_t threads,
         std::size_t repeats) {
  const std::vector<float> values = made_values(events, markers, threads);
  const EventView view{values.data(), markers, events, events};
  const Scaling scaling = scaling_of(view, threads);
  const auto resident = make_cpu_backend({.threads = threads})->load(view, scaling);
  Matrix<float> codebook(nodes, markers);
  for (std::size_t node = 0; node < nodes; ++node) {
    for (std::size_t m = 0; m < markers; ++m)
      codebook(node, m) =
          (view.marker(m)[node * (events / nodes)] - scaling.shift[m]) * scaling.scale;
  }
  for (int pass = 0; pass < kPasses; ++pass)
    bench::move_to_means(resident->pass(codebook), codebook);
  std::vector<NodeIndex> labels(events);
  const NodeSquares squares = resident->assign_with_squares(codebook, labels);
  std::vector<std::uint64_t> counts = count_events(labels, nodes, threads);
  std::vector<std::uint64_t> keys = measure(view, threads).keys;
  const Matrix<double> variance = within_node_variance(squares, counts);
  const NoiseUnits units(view, scaling, codebook, variance, counts);
  std::size_t seen = 0;  // so that no piece is left out

  fmt::print("{} events x {} markers, {} nodes, {} threads, {} repeats; ns an event\n\n", events,
             markers, nodes, threads, repeats);
  fmt::print("| piece | wall, least | wall, median | CPU |\n|---|---|---|---|\n");
  measure({{"ranges, checks and keys, in one look",
            [&] { keys = checked(view, measure(view, threads), threads).keys; }},
           {"count_events", [&] { counts = count_events(labels, nodes, threads); }},
           {"spread_over_nodes, 64 a node",
            [&] { seen += spread_over_nodes(labels, nodes, 64, threads).events.size(); }},
           {"NodeSamples: chosen by key, 400 a node",
            [&] { seen += NodeSamples(units, labels, counts, keys, threads).count(0); }}},
          events, repeats);
  const std::vector<std::uint32_t> regions(nodes, 0);
  measure({{"find_far_groups, one region",
            [&] {
              seen += find_far_groups(view, scaling, {codebook, labels, counts, variance, regions},
                                      64, threads)
                          .rows();
            }}},
          events, repeats);
  measure({{"a pass (cpu backend)", [&] { seen += resident->pass(codebook).counts.size(); }}},
          events, repeats);
  if (seen == 0) fmt::print("nothing was chosen\n");
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    fmt::print(stderr, "usage: {} EVENTS MARKERS NODES THREADS REPEATS\n", words[0]);
    return 2;
  }
  run(std::stoul(words[1]), std::stoul(words[2]), std::stoul(words[3]), std::stoul(words[4]),
      std::stoul(words[5]));
  return 0;
}
