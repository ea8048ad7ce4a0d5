// Times passes over events read from a raw float32 file, [markers][events]; the codebook is rows of the events.
// usage: bench_cluster FILE MARKERS NODES PASSES REPEATS [BACKEND] [THREADS]
// Prints one line a repetition: wall seconds, CPU seconds of rank 0. Runs over ranks under mpirun.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/compute/ranked_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/philox.hpp"
#include "tests/bench/lloyd_step.hpp"

namespace {

using namespace gateless;
using namespace gateless::app;

struct Bench {
  std::string file;
  std::size_t markers = 0;
  std::size_t nodes = 0;
  std::size_t passes = 0;
  std::size_t repeats = 0;
  std::string backend = "auto";
  std::size_t threads = hardware_threads();
};

std::vector<float> read_floats(const std::string& path) {
  std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!file) throw InputError(path + ": cannot be read (nothing to time); make it again");
  return values;
}

Matrix<float> random_rows(EventView events, const Scaling& scaling, std::size_t nodes) {
  Matrix<float> codebook(nodes, events.markers);
  const Philox random(1, 0);
  for (std::size_t node = 0; node < nodes; ++node) {
    const std::size_t event = random.below(events.events, node);
    for (std::size_t marker = 0; marker < events.markers; ++marker) {
      codebook(node, marker) =
          (events.marker(marker)[event] - scaling.shift[marker]) * scaling.scale;
    }
  }
  return codebook;
}

void run(const Bench& bench, Ranks& ranks) {
  const std::vector<float> values = read_floats(bench.file);
  const std::size_t count = values.size() / bench.markers;
  const EventView events{values.data(), bench.markers, count, count};
  const Scaling scaling = scaling_of(events, bench.threads);
  const auto backend = make_ranked_backend(ranks, bench.backend, {.threads = bench.threads});
  const auto loading = std::chrono::steady_clock::now();
  const auto resident = backend->load(events, scaling);
  const std::chrono::duration<double> load = std::chrono::steady_clock::now() - loading;
  const Matrix<float> start = random_rows(events, scaling, bench.nodes);
  fmt::print(stderr, "{}: {}; loaded in {:.3f} s\n", backend->name(), backend->device(),
             load.count());
  for (std::size_t repeat = 0; repeat < bench.repeats; ++repeat) {
    Matrix<float> codebook = start;
    const std::clock_t cpu_before = std::clock();
    const auto before = std::chrono::steady_clock::now();
    for (std::size_t pass = 0; pass < bench.passes; ++pass) {
      bench::move_to_means(resident->pass(codebook), codebook);
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
    fmt::print("{:.6f} {:.6f}\n", wall.count(),
               static_cast<double>(std::clock() - cpu_before) / CLOCKS_PER_SEC);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    fmt::print(stderr, "usage: {} FILE MARKERS NODES PASSES REPEATS [BACKEND] [THREADS]\n",
               argv[0]);
    return 2;
  }
  const std::unique_ptr<Ranks> ranks = join_ranks(argc, argv);
  if (ranks->rank() != 0) {
    serve(*ranks);
    return 0;
  }
  int status = 0;
  try {
    Bench bench{argv[1], std::stoul(argv[2]), std::stoul(argv[3]), std::stoul(argv[4]),
                std::stoul(argv[5])};
    if (argc > 6) bench.backend = argv[6];
    if (argc > 7) bench.threads = std::stoul(argv[7]);
    run(bench, *ranks);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    status = 3;
  }
  dismiss(*ranks);
  return status;
}
