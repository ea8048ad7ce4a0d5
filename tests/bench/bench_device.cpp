// Times passes over events that the GPU generates itself, beside what its memory and its arithmetic can do, measured in
// the same run. Both ways of finding nodes must give the same sums, or the program ends with status 1.
// usage: bench_device                                         the whole table, in Markdown
//        bench_device EVENTS MARKERS NODES PASSES chain|proposal|auto   one shape; prints seconds of all passes
//        bench_device --gpus                                  what there is, a line each; status 4 where nothing is
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "cuda/pass_work.hpp"
#include "cuda/runtime_device.hpp"
#include "host/compute/cuda_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/philox.hpp"
#include "tests/bench/bench_device_kernels.hpp"
#include "tests/bench/lloyd_step.hpp"

namespace {

using namespace gateless;
using namespace gateless::cuda;

constexpr std::size_t kChunkEvents = std::size_t{1} << 27U;  // generated anew where all do not fit

class Stopwatch {
 public:
  Stopwatch() {
    check(cudaEventCreate(&start_), "no timer");
    check(cudaEventCreate(&stop_), "no timer");
  }
  void start() { check(cudaEventRecord(start_), "no timer"); }
  [[nodiscard]] double seconds() {
    float milliseconds = 0.0F;
    check(cudaEventRecord(stop_), "no timer");
    check(cudaEventSynchronize(stop_), "the GPU failed");
    check(cudaEventElapsedTime(&milliseconds, start_, stop_), "no timer");
    return static_cast<double>(milliseconds) / 1e3;
  }

 private:
  cudaEvent_t start_ = nullptr;
  cudaEvent_t stop_ = nullptr;
};

struct Ceilings {
  double bytes_a_second = 0.0;
  double multiply_adds_a_second = 0.0;
};

Ceilings measure_ceilings(Device& device, int processors) {
  constexpr std::size_t kBytes = std::size_t{4} << 30U;
  const DeviceBuffer<char> from(device, kBytes);
  const DeviceBuffer<char> to(device, kBytes);
  const DeviceBuffer<float> out(device, 1);
  Stopwatch watch;
  Ceilings best;
  for (int repeat = 0; repeat < 10; ++repeat) {
    watch.start();
    check(cudaMemcpyAsync(to.get(), from.get(), kBytes, cudaMemcpyDeviceToDevice), "no copy");
    best.bytes_a_second = std::max(best.bytes_a_second, 2.0 * kBytes / watch.seconds());
    double multiply_adds = 0.0;
    watch.start();
    check(bench::start_multiply_adds(out.get(), processors, &multiply_adds), "no arithmetic");
    best.multiply_adds_a_second =
        std::max(best.multiply_adds_a_second, multiply_adds / watch.seconds());
  }
  return best;
}

struct Shape {
  std::size_t events;
  int markers;
  std::size_t nodes;
  int passes;
};

struct Measured {
  double seconds = 0.0;       ///< of all passes, generating included where events do not fit
  double pass_seconds = 0.0;  ///< the fastest pass, without generating
  double remeasured = 0.0;    ///< part of the events, over all passes
  bool is_resident = true;
  bool proposed = false;
  std::vector<NodeSums> first_and_last;
};

/// Events of one shape: all of them where they fit, else one chunk at a time.
class Events {
 public:
  Events(Device& device, const Shape& shape, int processors)
      : shape_(shape),
        processors_(processors),
        chunk_(fitting(device, shape)),
        values_(device, chunk_ * static_cast<std::size_t>(shape.markers)) {
    if (is_resident()) make(0);
  }
  [[nodiscard]] bool is_resident() const { return chunk_ >= shape_.events; }
  [[nodiscard]] std::size_t chunk() const { return chunk_; }
  [[nodiscard]] std::size_t count() const { return std::min(chunk_, shape_.events); }
  [[nodiscard]] const float* values() const { return values_.get(); }

  /// Events from `first` on into the buffer; returns how many.
  std::size_t make(std::size_t first) {
    const std::size_t count = std::min(chunk_, shape_.events - first);
    check(bench::start_generating(values_.get(), chunk_, first, count, shape_.markers, processors_),
          "events cannot be generated");
    return count;
  }

 private:
  static std::size_t fitting(Device& device, const Shape& shape) {
    const std::size_t all = (shape.events + kLineFloats - 1) / kLineFloats * kLineFloats;
    const std::size_t bytes = all * static_cast<std::size_t>(shape.markers) * sizeof(float);
    return bytes + (std::size_t{1} << 30U) <= device.free_bytes() ? all : kChunkEvents;
  }

  Shape shape_;
  int processors_;
  std::size_t chunk_;
  DeviceBuffer<float> values_;
};

Matrix<float> starting_codebook(const Shape& shape) {
  Matrix<float> codebook(shape.nodes, static_cast<std::size_t>(shape.markers));
  const Philox random(2, 0);
  std::uint64_t counter = 0;
  for (float& weight : codebook.values()) {
    weight = static_cast<float>(1.2 * random.uniform(counter++) - 0.6);
  }
  return codebook;
}

/// Loads the kernels and wakes the GPU: not part of what is timed.
void warm_up(Device& device, Queue& queue, Events& events, const Matrix<float>& codebook,
             NearestBy nearest_by) {
  constexpr std::size_t kEnough = std::size_t{1} << 20U;
  if (!events.is_resident()) (void)events.make(0);
  check(cudaDeviceSynchronize(), "events cannot be generated");
  PassWork work(device, queue, codebook, SumsWanted::kYes, nearest_by);
  work.pass.events = events.values();
  work.pass.stride = events.chunk();
  work.pass.count = std::min(events.count(), kEnough);
  check(launch_pass(work.plan, work.pass, nullptr), "a pass cannot be started");
  check(cudaDeviceSynchronize(), "the GPU failed in a pass");
}

Measured measure(Device& device, const Shape& shape, NearestBy nearest_by, int processors) {
  Events events(device, shape, processors);
  Matrix<float> codebook = starting_codebook(shape);
  const auto queue = device.make_queue();
  warm_up(device, *queue, events, codebook, nearest_by);
  Measured result;
  result.is_resident = events.is_resident();
  Stopwatch all;
  Stopwatch one;
  unsigned long long remeasured = 0;
  all.start();
  for (int pass = 0; pass < shape.passes; ++pass) {
    PassWork work(device, *queue, codebook, SumsWanted::kYes, nearest_by);
    result.proposed = work.plan.nearest_by == NearestBy::kProposal;
    double seconds = 0.0;
    for (std::size_t first = 0; first < shape.events; first += events.chunk()) {
      const std::size_t count = events.is_resident() ? shape.events : events.make(first);
      check(cudaDeviceSynchronize(), "events cannot be generated");
      work.pass.events = events.values();
      work.pass.stride = events.chunk();
      work.pass.count = count;
      one.start();
      check(launch_pass(work.plan, work.pass, nullptr), "a pass cannot be started");
      seconds += one.seconds();
    }
    const PassResult found = work.result(*queue);
    remeasured += found.remeasured;
    result.pass_seconds = pass == 0 ? seconds : std::min(result.pass_seconds, seconds);
    if (pass == 0 || pass + 1 == shape.passes) result.first_and_last.push_back(found.sums);
    bench::move_to_means(found.sums, codebook);
  }
  result.seconds = all.seconds();
  result.remeasured = static_cast<double>(remeasured) /
                      (static_cast<double>(shape.events) * static_cast<double>(shape.passes));
  return result;
}

void print_row(const Shape& shape, const Measured& measured, const Ceilings& ceilings) {
  const double values = static_cast<double>(shape.events) * shape.markers;
  const double bytes = 4.0 * values;
  const double operations = values * static_cast<double>(shape.nodes);
  fmt::print(
      "| {:.0f} M x {}, {} nodes | {}{} | {:.1f} | {:.2f} | {:.2f} | {:.2f} % | {:.2f} | {:.0f} % "
      "| {:.0f} % |\n",
      static_cast<double>(shape.events) / 1e6, shape.markers, shape.nodes,
      measured.proposed ? "proposal" : "chain", measured.is_resident ? "" : ", regenerated",
      bytes / 1e9, operations / 1e12, 1e3 * measured.pass_seconds, 100.0 * measured.remeasured,
      measured.seconds, 100.0 * bytes / ceilings.bytes_a_second / measured.pass_seconds,
      100.0 * operations / ceilings.multiply_adds_a_second / measured.pass_seconds);
  std::fflush(stdout);
}

/// The whole table; true when both ways agree everywhere.
bool print_table(Device& device, const cudaDeviceProp& properties) {
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "the driver does not tell its version");
  const Ceilings ceilings = measure_ceilings(device, properties.multiProcessorCount);
  fmt::print(
      "{}, {:.0f} GiB, driver for CUDA {}.{}; copy {:.2f} TB/s, float32 multiply-adds {:.2f} "
      "T/s\n\n",
      properties.name, static_cast<double>(properties.totalGlobalMem) / 0x1p30, driver / 1000,
      driver % 1000 / 10, ceilings.bytes_a_second / 1e12, ceilings.multiply_adds_a_second / 1e12);
  fmt::print(
      "| events x markers | nodes by | GB a pass | T multiply-adds a pass | ms a pass, best | "
      "measured again | s, all "
      "passes | of copy rate | of multiply-add rate |\n|---|---|---|---|---|---|---|---|---|\n");
  bool agree = true;
  for (const Shape shape : {Shape{100000000, 20, 100, 10}, Shape{500000000, 50, 1024, 10},
                            Shape{1000000000, 50, 1024, 10}}) {
    const Measured proposal =
        measure(device, shape, NearestBy::kAuto, properties.multiProcessorCount);
    print_row(shape, proposal, ceilings);
    const Measured chain =
        measure(device, shape, NearestBy::kChain, properties.multiProcessorCount);
    print_row(shape, chain, ceilings);
    if (chain.first_and_last == proposal.first_and_last) continue;
    fmt::print(stderr, "bench_device: sums of chain and proposal differ\n");
    agree = false;
  }
  return agree;
}

NearestBy nearest_by_of(const std::string& word) {
  if (word == "chain") return NearestBy::kChain;
  return word == "proposal" ? NearestBy::kProposal : NearestBy::kAuto;
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

}  // namespace

int main(int argc, char** argv) {
  const bool lists = argc == 2 && std::string(argv[1]) == "--gpus";
  if (argc != 1 && argc != 6 && !lists) {
    fmt::print(stderr, "usage: {} [--gpus | EVENTS MARKERS NODES PASSES chain|proposal|auto]\n",
               argv[0]);
    return 2;
  }
  try {
    if (lists) {
      print_gpus();
      return 0;
    }
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, 0), "no GPU");
    const auto device = open_runtime_device(0);
    device->use();
    if (argc == 1) return print_table(*device, properties) ? 0 : 1;
    const Shape shape{std::stoull(argv[1]), std::stoi(argv[2]), std::stoull(argv[3]),
                      std::stoi(argv[4])};
    const Measured measured =
        measure(*device, shape, nearest_by_of(argv[5]), properties.multiProcessorCount);
    fmt::print("{:.6f}\n", measured.seconds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_device: {}\n", error.what());
    return 4;
  }
  return 0;
}
