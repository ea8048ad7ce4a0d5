// Owners of what the CUDA runtime lends: device memory, pinned host memory, streams. Move-only; every call is
// checked, and a destructor throws nothing.
#pragma once

#include <cuda_runtime_api.h>
#include <fmt/core.h>

#include <cstddef>
#include <utility>

#include "host/core/error.hpp"

namespace gateless::cuda {

/// Throws DeviceError with the runtime's own reason unless `result` is success.
inline void check(cudaError_t result, const char* what) {
  if (result == cudaSuccess) return;
  (void)
      cudaGetLastError();  // a failure that can be survived must not be found again by the next call
  throw DeviceError(
      fmt::format("{}: {} ({}); run with --backend cpu, or give less to the GPU with "
                  "--memory",
                  what, cudaGetErrorString(result), cudaGetErrorName(result)));
}

/// Makes `device` the current one of this thread.
inline void use_device(int device) { check(cudaSetDevice(device), "the GPU cannot be used"); }

/// Memory [size] got by `Allocate` and given back by `Release`.
template <class T, auto Allocate, auto Release>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t size) {
    void* memory = nullptr;
    if (size > 0) check(Allocate(&memory, size * sizeof(T)), "memory for the GPU cannot be had");
    values_ = static_cast<T*>(memory);
  }
  Buffer(Buffer&& other) noexcept : values_(std::exchange(other.values_, nullptr)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(values_, other.values_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (values_ != nullptr) (void)Release(values_);
  }
  [[nodiscard]] T* get() const noexcept { return values_; }

 private:
  T* values_ = nullptr;
};

inline cudaError_t allocate_on_device(void** memory, std::size_t bytes) {
  return cudaMalloc(memory, bytes);
}
inline cudaError_t allocate_pinned(void** memory, std::size_t bytes) {
  return cudaMallocHost(memory, bytes);
}

template <class T>
using DeviceBuffer = Buffer<T, allocate_on_device, cudaFree>;
template <class T>
using PinnedBuffer = Buffer<T, allocate_pinned, cudaFreeHost>;

/// A queue of work on the device that was current when it was made.
class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "no GPU stream"); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (stream_ != nullptr) {
      (void)cudaStreamSynchronize(stream_);  // buffers that it still uses are about to go
      (void)cudaStreamDestroy(stream_);
    }
  }
  [[nodiscard]] cudaStream_t get() const noexcept { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "the GPU failed in a pass"); }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace gateless::cuda
