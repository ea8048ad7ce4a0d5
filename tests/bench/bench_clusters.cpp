// Clusters a raw float32 file, [markers][events], with the program's defaults and prints the metacluster of each event.
// usage: bench_clusters FILE MARKERS SEED OUT [som|kmeans] [SIDE|NODES] [NUMBER]
// Prints one line: metaclusters, nodes, wall seconds of the passes and of everything else.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/cluster/cluster.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"

namespace {

using namespace gateless;
using namespace gateless::app;

std::vector<float> read_floats(const std::string& path) {
  std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!file) throw InputError(path + ": cannot be read (nothing to cluster); make it again");
  return values;
}

ClusterOptions options_of(const std::vector<std::string>& words) {
  ClusterOptions options;
  options.seed = std::stoull(words[2]);
  if (words.size() > 4 && words[4] == "kmeans")
    options.algorithm = ClusterOptions::Algorithm::kKMeans;
  if (words.size() > 5)
    options.grid_width = options.grid_height = options.nodes = std::stoul(words[5]);
  if (words.size() > 6) options.metaclusters = std::stoul(words[6]);
  return options;
}

void cluster_values(const std::vector<std::string>& words) {
  const std::vector<float> values = read_floats(words[0]);
  const std::size_t markers = std::stoul(words[1]);
  const std::size_t events = values.size() / markers;
  const std::size_t threads = hardware_threads();
  const auto backend = make_backend("cpu", {.threads = threads});
  Progress progress;
  const auto start = std::chrono::steady_clock::now();
  const Clustering found = cluster_events({values.data(), markers, events, events},
                                          options_of(words), *backend, threads, progress);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::ofstream out(words[3]);
  for (const NodeIndex node : found.node_of_event) out << found.metacluster_of_node[node] << '\n';
  fmt::print("{} {} {:.3f} {:.3f}\n", found.metaclusters, found.codebook.rows(), found.pass_seconds,
             seconds.count() - found.pass_seconds);
}

}  // namespace

int main(int count, char** words) {
  if (count < 5) {
    fmt::print(stderr,
               "usage: bench_clusters FILE MARKERS SEED OUT [som|kmeans] [SIDE|NODES] [NUMBER]\n");
    return 2;
  }
  try {
    cluster_values({words + 1, words + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_clusters: {}\n", error.what());
    return 3;
  }
  return 0;
}
