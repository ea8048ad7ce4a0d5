// Memory, streams and launches of the CUDA runtime; every call is checked, and a destructor throws nothing.
#include "cuda/runtime_device.hpp"

#include <fmt/core.h>

#include "cuda/event_sums_launch.hpp"
#include "cuda/raw_values_launch.hpp"
#include "cuda/selected_events_launch.hpp"

namespace gateless::cuda {
namespace {

class RuntimeQueue final : public Queue {
 public:
  RuntimeQueue() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "no stream"); }
  ~RuntimeQueue() override {
    (void)cudaStreamSynchronize(stream_);  // buffers that it still uses are about to go
    (void)cudaStreamDestroy(stream_);
  }
  RuntimeQueue(const RuntimeQueue&) = delete;
  RuntimeQueue& operator=(const RuntimeQueue&) = delete;

  void copy_in(void* to, std::size_t to_stride, const void* from, std::size_t from_stride,
               std::size_t row_bytes, std::size_t rows) override {
    // Not cudaMemcpy2DAsync, whose pitch ends at 2^31 - 1 bytes: a marker of 537 million events is longer.
    for (std::size_t row = 0; row < rows; ++row) {
      check(cudaMemcpyAsync(static_cast<char*>(to) + row * to_stride,
                            static_cast<const char*>(from) + row * from_stride, row_bytes,
                            cudaMemcpyHostToDevice, stream_),
            "values cannot be copied to the GPU");
    }
  }
  void copy_out(void* to, const void* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_),
          "results cannot be copied from the GPU");
  }
  void clear(void* memory, std::size_t bytes) override {
    check(cudaMemsetAsync(memory, 0, bytes, stream_), "the GPU's memory cannot be cleared");
  }
  void start(const PassPlan& plan, const DevicePass& pass) override {
    check(launch_pass(plan, pass, stream_), "a pass cannot be started on the GPU");
  }
  void start(const DeviceProducts& job) override {
    check(launch_products(job, stream_), "products cannot be started on the GPU");
  }
  void start(const DeviceSquares& job) override {
    check(launch_squares(job, stream_), "squares cannot be started on the GPU");
  }
  void start(const DeviceSelection& job) override {
    check(launch_selection(job, stream_), "events cannot be selected on the GPU");
  }
  void start(const DeviceFar& job) override {
    check(launch_far(job, stream_), "far events cannot be selected on the GPU");
  }
  void start(const DeviceRange& job) override {
    check(launch_range(job, stream_), "ranges cannot be found on the GPU");
  }
  void start(const DeviceKeys& job) override {
    check(launch_keys(job, stream_), "keys cannot be made on the GPU");
  }
  void start(const DeviceScaling& job) override {
    check(launch_scaling(job, stream_), "values cannot be scaled on the GPU");
  }
  void wait() override { check(cudaStreamSynchronize(stream_), "the GPU failed in a pass"); }

 private:
  cudaStream_t stream_ = nullptr;
};

class RuntimeDevice final : public Device {
 public:
  explicit RuntimeDevice(int device) : device_(device) {}

  void use() override { check(cudaSetDevice(device_), "the GPU cannot be used"); }
  std::size_t free_bytes() override {
    std::size_t free = 0;
    std::size_t total = 0;
    check(cudaMemGetInfo(&free, &total), "the GPU does not tell its memory");
    return free;
  }
  std::size_t shared_bytes() override {
    int bytes = 0;
    check(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device_),
          "the GPU does not tell its shared memory");
    return static_cast<std::size_t>(bytes);
  }
  std::size_t selection_bytes(std::size_t events) override {
    std::size_t bytes = 0;
    check(measure_selection(events, &bytes), "the GPU does not tell what a selection takes");
    return bytes;
  }
  std::size_t far_bytes(std::size_t events) override {
    std::size_t bytes = 0;
    check(measure_far(events, &bytes), "the GPU does not tell what a selection takes");
    return bytes;
  }
  std::size_t range_bytes(std::size_t count) override {
    std::size_t bytes = 0;
    check(measure_range(count, &bytes), "the GPU does not tell what a range takes");
    return bytes;
  }
  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMalloc(&memory, bytes), "memory of the GPU cannot be had");
    return memory;
  }
  void* allocate_pinned(std::size_t bytes) override {
    void* memory = nullptr;
    check(cudaMallocHost(&memory, bytes), "pinned memory for the GPU cannot be had");
    return memory;
  }
  void release(void* memory) noexcept override { (void)cudaFree(memory); }
  void release_pinned(void* memory) noexcept override { (void)cudaFreeHost(memory); }
  std::unique_ptr<Queue> make_queue() override { return std::make_unique<RuntimeQueue>(); }

 private:
  int device_;
};

}  // namespace

void check(cudaError_t result, const char* what) {
  if (result == cudaSuccess) return;
  (void)cudaGetLastError();  // what can be survived must not be found again by the next call
  const std::string message =
      fmt::format("{}: {} ({}); run with --backend cpu, or give less to the GPU with --memory",
                  what, cudaGetErrorString(result), cudaGetErrorName(result));
  if (result == cudaErrorMemoryAllocation) throw OutOfDeviceMemory(message);
  throw DeviceError(message);
}

std::unique_ptr<Device> open_runtime_device(int device) {
  return std::make_unique<RuntimeDevice>(device);
}

}  // namespace gateless::cuda
