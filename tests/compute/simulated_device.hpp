// A Device on the host for the tests: its kernels run on the simulated GPU, its memory is as small as the test wants,
// and work waits in its queue until somebody waits for it, so that what is overwritten too early comes out wrong.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "cuda/device_backend.hpp"
#include "host/core/layers.hpp"
#include "tests/compute/simulated_gpu.hpp"

namespace gateless::compute::simulated {

struct DeviceTraits {
  std::size_t memory_bytes = std::size_t{1} << 40U;   ///< what it says it has ...
  std::size_t refuses_above = std::size_t{1} << 40U;  ///< ... and what it really gives in all
  std::size_t refuses_start = 0;      ///< the pass, counted from 1, that finds no memory to start
  std::size_t refuses_raw = 0;        ///< the same of keys, ranges and scalings, counted together
  std::size_t shared_bytes = 232448;  ///< of a block; sm_90
  unsigned blocks = 2;                ///< held at once
  Order order = Order::kForward;
  TensorSums tensor_sums = TensorSums::kHopper;
};

/// What happened on all devices of a backend.
struct DeviceLog {
  std::mutex mutex;
  std::size_t passes_by_chain = 0;
  std::size_t passes_by_proposal = 0;
  std::size_t raw_starts = 0;
  std::vector<std::size_t> pass_events;
};

class SimulatedQueue final : public cuda::Queue {
 public:
  SimulatedQueue(const DeviceTraits& traits, DeviceLog& log) : traits_(traits), log_(log) {}
  ~SimulatedQueue() override { finish(); }
  SimulatedQueue(const SimulatedQueue&) = delete;
  SimulatedQueue& operator=(const SimulatedQueue&) = delete;

  void copy_in(void* to, std::size_t to_stride, const void* from, std::size_t from_stride,
               std::size_t row_bytes, std::size_t rows) override {
    work_.emplace_back([=] {
      for (std::size_t row = 0; row < rows; ++row) {
        std::memcpy(static_cast<char*>(to) + row * to_stride,
                    static_cast<const char*>(from) + row * from_stride, row_bytes);
      }
    });
  }
  void copy_out(void* to, const void* from, std::size_t bytes) override {
    if (bytes == 0) return;
    work_.emplace_back([=] { std::memcpy(to, from, bytes); });
  }
  void clear(void* memory, std::size_t bytes) override {
    if (bytes == 0) return;
    work_.emplace_back([=] { std::memset(memory, 0, bytes); });
  }
  void start(const cuda::PassPlan& plan, const cuda::DevicePass& pass) override {
    if (pass.list == nullptr) {
      const std::scoped_lock lock(log_.mutex);
      ++(plan.nearest_by == NearestBy::kProposal ? log_.passes_by_proposal : log_.passes_by_chain);
      log_.pass_events.push_back(pass.count);
      if (log_.pass_events.size() == traits_.refuses_start) {
        throw cuda::OutOfDeviceMemory("nothing left for a start");
      }
    }
    work_.emplace_back([=, this] {
      const auto runs = static_cast<unsigned>((pass.count + plan.run_events - 1) / plan.run_events);
      run_pass(plan, pass,
               {.blocks = std::min(std::max(1U, runs), traits_.blocks),
                .order = traits_.order,
                .tensor_sums = traits_.tensor_sums});
    });
  }
  void start(const cuda::DeviceProducts& job) override {
    work_.emplace_back([=, this] {
      run(sums_launch(cuda::kPairSharedBytes), [&](const Lane& lane) { add_products(lane, job); });
    });
  }
  void start(const cuda::DeviceSquares& job) override {
    work_.emplace_back([=, this] {
      run(sums_launch(cuda::kSquareSharedBytes), [&](const Lane& lane) { add_squares(lane, job); });
    });
  }
  void start(const cuda::DeviceSelection& job) override {
    work_.emplace_back([=] { run_selection(job); });
  }
  // Stand-ins of CUB and Thrust, with the functions that these are given.
  void start(const cuda::DeviceFar& job) override {
    work_.emplace_back([=] {
      const cuda::IsFar is_far{job};
      *job.listed = 0;
      for (std::uint32_t event = 0; event < job.events.count; ++event) {
        if (is_far(event)) job.list[(*job.listed)++] = event;
      }
    });
  }
  void start(const cuda::DeviceRange& job) override {
    note_raw_start();
    work_.emplace_back([=] {
      *job.range = std::transform_reduce(job.values, job.values + job.count, ValueRange{},
                                         cuda::JoinedRange{}, cuda::RangeOfValue{});
    });
  }
  void start(const cuda::DeviceKeys& job) override {
    note_raw_start();
    work_.emplace_back([=] {
      const cuda::KeyOfEvent key{job.events};
      for (std::size_t event = 0; event < job.events.count; ++event) job.keys[event] = key(event);
    });
  }
  void start(const cuda::DeviceScaling& job) override {
    note_raw_start();
    work_.emplace_back([=] {
      std::transform(job.values, job.values + job.count, job.values,
                     cuda::ScaledValue{job.shift, job.scale});
    });
  }
  void wait() override { finish(); }

 private:
  [[nodiscard]] Launch sums_launch(std::size_t shared_bytes) const {
    return {.blocks = traits_.blocks,
            .threads = cuda::kSumThreads,
            .shared_bytes = shared_bytes,
            .order = traits_.order};
  }
  void note_raw_start() {
    const std::scoped_lock lock(log_.mutex);
    if (++log_.raw_starts == traits_.refuses_raw) {
      throw cuda::OutOfDeviceMemory("nothing left for a start");
    }
  }
  void finish() {
    const auto work = std::exchange(work_, {});
    for (const auto& step : work) step();
  }

  DeviceTraits traits_;
  DeviceLog& log_;
  std::vector<std::function<void()>> work_;
};

class SimulatedDevice final : public cuda::Device {
 public:
  SimulatedDevice(const DeviceTraits& traits, DeviceLog& log) : traits_(traits), log_(log) {}

  void use() override {}
  std::size_t free_bytes() override { return traits_.memory_bytes; }
  std::size_t shared_bytes() override { return traits_.shared_bytes; }
  std::size_t selection_bytes(std::size_t events) override { return events / 64; }
  std::size_t far_bytes(std::size_t events) override { return events / 64; }
  std::size_t range_bytes(std::size_t /*count*/) override { return 512; }
  void* allocate(std::size_t bytes) override {
    if (given_ + bytes > traits_.refuses_above) throw cuda::OutOfDeviceMemory("nothing left");
    given_ += bytes;
    void* const memory = allocate_pinned(bytes);
    sizes_[memory] = bytes;
    return memory;
  }
  void* allocate_pinned(std::size_t bytes) override {
    void* const memory = ::operator new (bytes, std::align_val_t{128});
    std::memset(memory, 0xFF, bytes);  // not a number: nobody may count on what lies there
    return memory;
  }
  void release(void* memory) noexcept override {
    given_ -= sizes_[memory];
    release_pinned(memory);
  }
  void release_pinned(void* memory) noexcept override {
    ::operator delete (memory, std::align_val_t{128});
  }
  std::unique_ptr<cuda::Queue> make_queue() override {
    return std::make_unique<SimulatedQueue>(traits_, log_);
  }

 private:
  DeviceTraits traits_;
  DeviceLog& log_;
  std::size_t given_ = 0;
  std::map<void*, std::size_t> sizes_;
};

/// The cuda backend over simulated devices; options.devices may be any numbers. The log outlives the events.
inline std::unique_ptr<Backend> make_backend(BackendOptions options, const DeviceTraits& traits,
                                             DeviceLog& log) {
  if (options.devices.empty()) options.devices = {0};
  if (options.threads == 0) options.threads = 1;
  return cuda::make_device_backend(
      std::move(options),
      [traits, &log](int /*device*/) { return std::make_unique<SimulatedDevice>(traits, log); },
      "simulated");
}

}  // namespace gateless::compute::simulated
