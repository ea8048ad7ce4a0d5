#include "tests/bench/bench_device_small.hpp"

#include <fmt/core.h>

#include <vector>

#include "host/compute/cuda_backend.hpp"
#include "host/compute/measured_values.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "tests/bench/bench_device_events.hpp"
#include "tests/bench/lloyd_step.hpp"
#include "tests/bench/stopwatch.hpp"

namespace gateless::bench {

void print_small() {
  constexpr std::size_t kEvents = 5'000'000;
  constexpr int kMarkers = 16;
  const std::vector<float> values = host_values(kEvents, kMarkers);
  const EventView view{values.data(), kMarkers, kEvents, kEvents};
  for (const NearestBy way : {NearestBy::kChain, NearestBy::kProposal}) {
    const Stopwatch loading;
    const auto resident =
        make_cuda_backend({.nearest_by = way})->load(view, {std::vector<float>(kMarkers), 1.0F});
    const double load = loading.seconds();
    Matrix<float> codebook = starting_codebook({kEvents, kMarkers, 256});
    (void)resident->products();
    std::vector<double> seconds;
    for (int pass = 0; pass < 20; ++pass) {
      const Stopwatch watch;
      const NodeSums sums = resident->pass(codebook);
      seconds.push_back(watch.seconds());
      move_to_means(sums, codebook);
    }
    fmt::print(
        "5 M x 16, 256 nodes, {}: load {:.0f} ms, a call of pass() {:.3f} ms (median of 20)\n",
        way == NearestBy::kChain ? "chain" : "proposal", 1e3 * load, 1e3 * median(seconds));
  }
}

bool print_load() {
  constexpr std::size_t kEvents = 5'000'000;
  constexpr int kMarkers = 20;
  const std::vector<float> values = host_values(kEvents, kMarkers);
  const EventView view{values.data(), kMarkers, kEvents, kEvents};
  const auto backend = make_cuda_backend({});
  (void)backend->load(view.slice(0, 1000));  // loads the kernels
  const Stopwatch scaled;
  (void)backend->load(view, {std::vector<float>(kMarkers), 1.0F});
  const double scaled_seconds = scaled.seconds();
  const Stopwatch measured;
  const MeasuredEvents found = backend->load(view);
  const double measured_seconds = measured.seconds();
  const Stopwatch host;
  const MeasuredValues on_host = compute::measure(view, hardware_threads());
  const double host_seconds = host.seconds();
  const bool agree = found.keys == on_host.keys && found.scaling == scaling_for(on_host.ranges);
  fmt::print(
      "load of 5 M x 20: {:.0f} ms with a scaling, {:.0f} ms with ranges, checks and keys; these "
      "on the host {:.0f} ms; {}\n",
      1e3 * scaled_seconds, 1e3 * measured_seconds, 1e3 * host_seconds,
      agree ? "the same bytes" : "OTHER BYTES");
  return agree;
}

}  // namespace gateless::bench
