// A GPU of the tests: runs a kernel's body block by block on the host, every CUDA thread a fibre of its own, with
// shared memory of exactly the size asked for, barriers, warp operations, atomics and a tensor core.
//
// Between two barriers a fibre runs without interruption, in an order that the test chooses: a missing barrier makes
// results depend on that order. A barrier that some thread never reaches is an error, not a hang.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include "cuda/lane.hpp"
#include "cuda/pass_plan.hpp"
#include "cuda/selected_events.hpp"
#include "host/core/layers.hpp"
#include "tests/compute/tensor_sum.hpp"

namespace gateless::compute::simulated {

enum class Order { kForward, kBackward, kShuffled };

struct Launch {
  unsigned blocks = 1;
  int threads = 32;
  std::size_t shared_bytes = 0;
  Order order = Order::kForward;
  TensorSums tensor_sums = TensorSums::kHopper;
};

class Block;

/// The Lane of cuda/lane.hpp whose thread is a fibre of `block`.
class Lane {
 public:
  Lane(Block& block, int thread) : block_(&block), thread_(thread) {}

  [[nodiscard]] int thread() const { return thread_; }
  [[nodiscard]] int threads() const;
  [[nodiscard]] unsigned block() const;
  [[nodiscard]] unsigned blocks() const;
  [[nodiscard]] void* shared() const;
  void wait_for_block() const;

  [[nodiscard]] unsigned vote(bool flag) const;
  [[nodiscard]] unsigned peers(int value) const;
  [[nodiscard]] int largest(int value) const;
  template <class T>
  [[nodiscard]] T sum_over(unsigned lanes, T value) const {
    return static_cast<T>(sum_of_lanes(lanes, static_cast<std::uint32_t>(value)));
  }
  template <class T>
  [[nodiscard]] T from_lane(T value, int lane) const {
    return unpacked<T>(word_of_lane(packed_word(value), lane));
  }
  template <class T>
  [[nodiscard]] T exchange(T value, int mask) const {
    return from_lane(value, thread_ % cuda::kWarp ^ mask);
  }
  template <class T>
  void add(T* cell, T value) const {
    using Wraps = std::make_unsigned_t<T>;  // as the device does
    *cell = static_cast<T>(static_cast<Wraps>(*cell) + static_cast<Wraps>(value));
  }
  static void prefetch(const void* /*address*/) {}
  void multiply_add(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                    const float* c) const;
  void multiply_add(float (&d)[4], const std::uint32_t (&a)[2], std::uint32_t b,
                    const float* c) const;

 private:
  template <class T>
  static std::uint32_t packed_word(T value) {
    static_assert(sizeof(T) == 4);
    std::uint32_t word = 0;
    __builtin_memcpy(&word, &value, sizeof word);
    return word;
  }
  template <class T>
  static T unpacked(std::uint32_t word) {
    T value{};
    __builtin_memcpy(&value, &word, sizeof word);
    return value;
  }
  void multiply_add(float (&d)[4], const std::array<std::uint32_t, 6>& words, std::size_t depth,
                    const float* c) const;
  [[nodiscard]] std::uint32_t sum_of_lanes(unsigned lanes, std::uint32_t value) const;
  [[nodiscard]] std::uint32_t word_of_lane(std::uint32_t word, int lane) const;

  Block* block_;
  int thread_;
};

/// Runs body(lane) for every thread of every block. Errors: std::logic_error for a barrier that is not reached by
/// all, and for a warp operation whose lanes do not all take part.
void run(const Launch& launch, const std::function<void(const Lane&)>& body);

/// Runs a planned pass of the cuda backend, as launch_pass does on a GPU.
void run_pass(const cuda::PassPlan& plan, const cuda::DevicePass& pass, Launch launch);

/// What CUB makes of a selection.
void run_selection(const cuda::DeviceSelection& job);

}  // namespace gateless::compute::simulated
