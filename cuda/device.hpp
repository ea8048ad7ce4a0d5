// What the passes need of a GPU, and nothing else of it: memory, queues of work, kernels. RuntimeDevice answers with
// the CUDA runtime, the tests with a device on the host that runs the same kernels and whose memory can end.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "cuda/device_pass.hpp"
#include "cuda/event_sums.hpp"
#include "cuda/far_events.hpp"
#include "cuda/pass_plan.hpp"
#include "cuda/raw_values.hpp"
#include "cuda/selected_events.hpp"
#include "host/core/error.hpp"

namespace gateless::cuda {

/// There is less memory than was asked for; with less it may go on.
class OutOfDeviceMemory : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

/// Work that a device does in order, while the host goes on. Errors: DeviceError, from any call.
class Queue {
 public:
  Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  virtual ~Queue() = default;  ///< waits

  /// Rows of `row_bytes` each; strides in bytes. Host memory must be pinned for the host to go on at once.
  virtual void copy_in(void* to, std::size_t to_stride, const void* from, std::size_t from_stride,
                       std::size_t row_bytes, std::size_t rows) = 0;
  virtual void copy_out(void* to, const void* from, std::size_t bytes) = 0;
  virtual void clear(void* memory, std::size_t bytes) = 0;
  virtual void start(const PassPlan& plan, const DevicePass& pass) = 0;
  virtual void start(const DeviceProducts& job) = 0;
  virtual void start(const DeviceSquares& job) = 0;
  virtual void start(const DeviceSelection& job) = 0;
  virtual void start(const DeviceFar& job) = 0;
  virtual void start(const DeviceRange& job) = 0;
  virtual void start(const DeviceKeys& job) = 0;
  virtual void start(const DeviceScaling& job) = 0;
  virtual void wait() = 0;
};

class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  virtual void use() = 0;  ///< makes it the one this thread works with; before any other call
  [[nodiscard]] virtual std::size_t free_bytes() = 0;
  [[nodiscard]] virtual std::size_t shared_bytes() = 0;  ///< most that a block can have
  /// Scratch memory of a selection of so many events.
  [[nodiscard]] virtual std::size_t selection_bytes(std::size_t events) = 0;
  [[nodiscard]] virtual std::size_t far_bytes(std::size_t events) = 0;  ///< the same, of far ones
  /// Scratch memory of the range of so many values.
  [[nodiscard]] virtual std::size_t range_bytes(std::size_t count) = 0;
  [[nodiscard]] virtual void* allocate(std::size_t bytes) = 0;  ///< Errors: OutOfDeviceMemory
  [[nodiscard]] virtual void* allocate_pinned(
      std::size_t bytes) = 0;  ///< Errors: OutOfDeviceMemory
  virtual void release(void* memory) noexcept = 0;
  virtual void release_pinned(void* memory) noexcept = 0;
  [[nodiscard]] virtual std::unique_ptr<Queue> make_queue() = 0;
};

enum class Place { kDevice, kPinned };

/// Owns memory [size] of a device, or of the host and pinned for it.
template <class T, Place kPlace>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, std::size_t size) : device_(&device), size_(size) {
    if (size == 0) return;
    values_ = static_cast<T*>(kPlace == Place::kDevice ? device.allocate(size * sizeof(T))
                                                       : device.allocate_pinned(size * sizeof(T)));
  }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer moved(std::move(other));
    swap(moved);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (values_ == nullptr) return;
    if (kPlace == Place::kDevice) {
      device_->release(values_);
    } else {
      device_->release_pinned(values_);
    }
  }
  [[nodiscard]] T* get() const noexcept { return values_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(size_, other.size_);
    std::swap(values_, other.values_);
  }

  Device* device_ = nullptr;
  std::size_t size_ = 0;
  T* values_ = nullptr;
};

template <class T>
using DeviceBuffer = Buffer<T, Place::kDevice>;
template <class T>
using PinnedBuffer = Buffer<T, Place::kPinned>;

}  // namespace gateless::cuda
