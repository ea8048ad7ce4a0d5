// Times passes over events that the GPU generates itself, beside what its memory and its arithmetic can do, measured in
// the same run. All ways of finding nodes must give the same sums, counts must add up to the events, and sums over nodes
// to those of an independent kernel, or the program ends with status 1.
// usage: bench_device headline [SECONDS]      100 M x 20, 100 nodes: chain, proposal, and both without their parts
//        bench_device large [SECONDS]         500 M x 50, 1,024 nodes, or what fits
//        bench_device regenerated [SECONDS]   1,000 M x 50, 1,024 nodes, generated anew for each pass
//        bench_device small                   5 M x 16, 256 nodes by the backend itself: load, passes and what is beside
//                                             them; and the load of 5 M x 20
//        bench_device peer EVENTS MARKERS NODES PASSES WAY [FOLDER]   seconds of all passes and inertia; WAY is chain,
//                                             proposal or auto; FOLDER gets the events and the first codebook
//        bench_device --gpus                  what there is, a line each; status 4 where nothing is
// SECONDS bound each way: passes that do not fit are left out and said to be.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "cuda/pass_work.hpp"
#include "cuda/runtime_device.hpp"
#include "host/compute/cuda_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "tests/bench/bench_device_events.hpp"
#include "tests/bench/bench_device_kernels.hpp"
#include "tests/bench/bench_device_small.hpp"
#include "tests/bench/lloyd_step.hpp"
#include "tests/bench/stopwatch.hpp"

namespace {

using namespace gateless;
using namespace gateless::app;
using namespace gateless::cuda;
using bench::Events;
using bench::median;
using bench::Shape;
using bench::Stopwatch;

struct Ceilings {
  double bytes_a_second = 0.0;
  double multiply_adds_a_second = 0.0;
};

Ceilings measure_ceilings(Device& device, int processors) {
  constexpr std::size_t kBytes = std::size_t{4} << 30U;
  const DeviceBuffer<char> from(device, kBytes);
  const DeviceBuffer<char> to(device, kBytes);
  const DeviceBuffer<float> out(device, 1);
  Ceilings best;
  for (int repeat = 0; repeat < 10; ++repeat) {
    const Stopwatch copy;
    check(cudaMemcpyAsync(to.get(), from.get(), kBytes, cudaMemcpyDeviceToDevice), "no copy");
    check(cudaDeviceSynchronize(), "no copy");
    best.bytes_a_second = std::max(best.bytes_a_second, 2.0 * kBytes / copy.seconds());
    double multiply_adds = 0.0;
    const Stopwatch arithmetic;
    check(bench::start_multiply_adds(out.get(), processors, &multiply_adds), "no arithmetic");
    check(cudaDeviceSynchronize(), "no arithmetic");
    best.multiply_adds_a_second =
        std::max(best.multiply_adds_a_second, multiply_adds / arithmetic.seconds());
  }
  return best;
}

struct Way {
  const char* name;
  NearestBy nearest_by;
  SumsWanted sums = SumsWanted::kYes;
};

struct Measured {
  std::vector<double> pass_seconds;  ///< without generating
  std::vector<double> open;          ///< parts of the events
  std::vector<NodeSums> sums;        ///< of each pass; empty where they are not wanted
  bool proposed = false;
  double seconds = 0.0;  ///< of all passes, everything in
  double inertia = 0.0;  ///< of the codebook that the last pass looked with
};

/// Whether counts and sums are what they must be for any codebook, by a kernel that shares no code with the passes.
bool adds_up(const NodeSums& sums, const bench::ColumnSums& columns, const Shape& shape) {
  std::uint64_t events = 0;
  for (const std::uint64_t count : sums.counts) events += count;
  bool right = events == shape.events;
  for (std::size_t marker = 0; marker < sums.sums.columns(); ++marker) {
    std::int64_t sum = 0;
    for (std::size_t node = 0; node < sums.sums.rows(); ++node) sum += sums.sums(node, marker);
    right &= sum == columns.sums[marker];
  }
  if (!right) fmt::print(stderr, "bench_device: counts or sums do not add up\n");
  return right;
}

/// The sum of squared distances to the nearest nodes, from sums alone.
double inertia_of(const NodeSums& sums, const Matrix<float>& codebook, double squares) {
  double inertia = squares;
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      const double weight = codebook(node, marker);
      inertia += weight * (weight * static_cast<double>(sums.counts[node]) -
                           2.0 * static_cast<double>(sums.sums(node, marker)) * 0x1p-24);
    }
  }
  return inertia;
}

/// One pass over all events; its seconds without generating.
double pass_over(Events& events, const PassWork& work, Queue& queue) {
  double seconds = 0.0;
  for (std::size_t first = 0; first < events.shape().events; first += events.chunk()) {
    const DeviceEvents tile = events.tile(first);
    const Stopwatch watch;
    work.start(queue, 0, tile, nullptr);
    queue.wait();
    seconds += watch.seconds();
  }
  return seconds;
}

Measured measure(Device& device, Events& events, const Way& way, int passes, double cap) {
  const Shape& shape = events.shape();
  Matrix<float> codebook = bench::starting_codebook(shape);
  const auto queue = device.make_queue();
  PassWork work;
  const auto prepare = [&] {
    work.prepare(device, *queue, codebook, way.sums, way.nearest_by, events.chunk(), 1);
  };
  prepare();  // loads the kernels and wakes the GPU: not part of what is timed
  DeviceEvents some = events.tile(0);
  some.count = std::min<std::size_t>(some.count, std::size_t{1} << 20U);
  work.start(*queue, 0, some, nullptr);
  queue->wait();
  Measured result;
  result.proposed = work.plan().nearest_by == NearestBy::kProposal;
  NearestBy nearest_by = way.nearest_by;
  const Stopwatch all;
  for (int pass = 0; pass < passes && all.seconds() < cap; ++pass) {
    work.prepare(device, *queue, codebook, way.sums, nearest_by, events.chunk(), 1);
    result.pass_seconds.push_back(pass_over(events, work, *queue));
    PassResult found = work.result(*queue);
    const double open = static_cast<double>(found.remeasured) / static_cast<double>(shape.events);
    result.open.push_back(open);
    if (nearest_by == NearestBy::kProposalWhileFew && open > kRemeasuredAtMost)
      nearest_by = NearestBy::kChain;
    if (way.sums == SumsWanted::kNo) continue;
    result.inertia = inertia_of(found.sums, codebook, events.columns().squares);
    bench::move_to_means(found.sums, codebook);
    result.sums.push_back(std::move(found.sums));
  }
  result.seconds = all.seconds();
  return result;
}

void print_row(const Shape& shape, const Way& way, const Measured& measured, bool resident,
               int passes, const Ceilings& ceilings) {
  const double values = static_cast<double>(shape.events) * shape.markers;
  const double memory = 4.0 * values / ceilings.bytes_a_second;
  const double arithmetic =
      values * static_cast<double>(shape.nodes) / ceilings.multiply_adds_a_second;
  std::vector<std::string> times;
  std::vector<std::string> open;
  for (const double seconds : measured.pass_seconds)
    times.push_back(fmt::format("{:.2f}", 1e3 * seconds));
  for (const double part : measured.open) open.push_back(fmt::format("{:.2f}", 100.0 * part));
  const double middle = median(measured.pass_seconds);
  fmt::print(
      "| {:.0f} M x {}, {} nodes | {}{}{} | {} | {} | {:.2f} | {:.2f} | {:.2f} / {:.2f} | {:.1f} / "
      "{:.1f} |\n",
      static_cast<double>(shape.events) / 1e6, shape.markers, shape.nodes, way.name,
      resident ? "" : ", regenerated",
      measured.pass_seconds.size() < static_cast<std::size_t>(passes) ? ", cut short" : "",
      fmt::join(times, " "), fmt::join(open, " "), 1e3 * middle,
      measured.pass_seconds.empty() ? 0.0 : 1e3 * measured.pass_seconds.back(), 1e3 * memory,
      1e3 * arithmetic, middle / memory, middle / arithmetic);
  std::fflush(stdout);
}

/// Every way over the same events; true when all sums agree and add up.
bool print_ways(Device& device, const cudaDeviceProp& properties, const Shape& shape,
                const std::vector<Way>& ways, int passes, double cap) {
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "the driver does not tell its version");
  const Ceilings ceilings = measure_ceilings(device, properties.multiProcessorCount);
  fmt::print(
      "{}, {:.0f} GiB, driver for CUDA {}.{}; copy {:.2f} TB/s, float32 multiply-adds {:.2f} "
      "T/s\n\n| events x markers | nodes by | ms of each pass | % open | median ms | last ms | "
      "floor ms, memory / float32 | times the floors |\n|---|---|---|---|---|---|---|---|\n",
      properties.name, static_cast<double>(properties.totalGlobalMem) / 0x1p30, driver / 1000,
      driver % 1000 / 10, ceilings.bytes_a_second / 1e12, ceilings.multiply_adds_a_second / 1e12);
  Events events(device, shape, properties.multiProcessorCount);
  bool agree = true;
  std::vector<NodeSums> first;
  for (const Way& way : ways) {
    const Measured found = measure(device, events, way, passes, cap);
    print_row(shape, way, found, events.is_resident(), passes, ceilings);
    for (std::size_t pass = 0; pass < found.sums.size(); ++pass) {
      agree &= adds_up(found.sums[pass], events.columns(), shape);
      if (pass >= first.size() || found.sums[pass] == first[pass]) continue;
      fmt::print(stderr, "bench_device: {} gives other sums in pass {}\n", way.name, pass + 1);
      agree = false;
    }
    if (first.empty()) first = found.sums;
  }
  return agree;
}

NearestBy nearest_by_of(const std::string& word) {
  if (word == "chain") return NearestBy::kChain;
  return word == "proposal" ? NearestBy::kProposal : NearestBy::kProposalWhileFew;
}

/// Seconds and inertia for comparison with other programs on the same events and start.
void print_peer(Device& device, int processors, const std::vector<std::string>& words) {
  const Shape shape{std::stoull(words[1]), std::stoi(words[2]), std::stoull(words[3])};
  Events events(device, shape, processors);
  if (words.size() > 6) {
    bench::write_floats(words[6] + "/events.f32", events.by_event());
    const Matrix<float> codebook = bench::starting_codebook(shape);
    bench::write_floats(words[6] + "/codebook.f32",
                        {codebook.values().begin(), codebook.values().end()});
  }
  const Measured found =
      measure(device, events, {"", nearest_by_of(words[5])}, std::stoi(words[4]), 1e9);
  fmt::print("{:.6f} {:.9e}\n", found.seconds, found.inertia);
}

void print_gpus() {
  if (const BackendInfo info = describe_cuda(); !info.available) throw DeviceError(info.reason);
  int devices = 0;
  check(cudaGetDeviceCount(&devices), "no GPU");
  for (int device = 0; device < devices; ++device) {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, device), "no GPU");
    fmt::print("{}, {:.0f} GiB, {} processors, compute capability {}.{}\n", properties.name,
               static_cast<double>(properties.totalGlobalMem) / 0x1p30,
               properties.multiProcessorCount, properties.major, properties.minor);
  }
}

int run(const std::vector<std::string>& words) {
  if (words[0] == "--gpus") {
    print_gpus();
    return 0;
  }
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, 0), "no GPU");
  const auto device = open_runtime_device(0);
  device->use();
  const double cap = words.size() > 1 ? std::stod(words[1]) : 1e9;
  const std::vector<Way> both{{"chain", NearestBy::kChain}, {"proposal", NearestBy::kProposal}};
  const auto print = [&](const Shape& shape, const std::vector<Way>& ways, int passes) {
    return print_ways(*device, properties, shape, ways, passes, cap) ? 0 : 1;
  };
  if (words[0] == "headline") {
    std::vector<Way> ways = both;
    ways.push_back({"chain, no sums", NearestBy::kChain, SumsWanted::kNo});
    ways.push_back({"proposal, no sums", NearestBy::kProposal, SumsWanted::kNo});
    ways.push_back(
        {"proposal, sums in global memory", NearestBy::kProposal, SumsWanted::kInGlobalMemory});
    return print({100'000'000, 20, 100}, ways, 4);
  }
  if (words[0] == "large") return print(bench::largest({500'000'000, 50, 1024}, *device), both, 3);
  if (words[0] == "regenerated") return print({1'000'000'000, 50, 1024}, both, 2);
  if (words[0] == "small") {
    bench::print_small();
    return bench::print_load() ? 0 : 1;
  }
  print_peer(*device, properties.multiProcessorCount, words);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::string what = words.empty() ? "" : words[0];
  const bool known = what == "headline" || what == "large" || what == "regenerated" ||
                     what == "small" || what == "--gpus" || (what == "peer" && words.size() >= 6);
  if (!known) {
    fmt::print(stderr,
               "usage: {} headline|large|regenerated [SECONDS] | small | --gpus | peer EVENTS "
               "MARKERS NODES PASSES chain|proposal|auto [FOLDER]\n",
               argv[0]);
    return 2;
  }
  try {
    return run(words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_device: {}\n", error.what());
    return 4;
  }
}
