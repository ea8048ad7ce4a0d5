// A codebook on a device, the plan of its pass, and where the results go and come from.
#pragma once

#include <vector>

#include "cuda/device.hpp"

namespace gateless::cuda {

enum class SumsWanted { kNo, kYes };

struct PassResult {
  NodeSums sums;
  Total remeasured;  ///< events whose proposal was too near a tie
};

/// Zeroed sums on the device. Errors: OutOfDeviceMemory.
[[nodiscard]] DeviceBuffer<Total> zeroed(Device& device, Queue& queue, std::size_t size);
[[nodiscard]] std::vector<Total> fetched(Queue& queue, const DeviceBuffer<Total>& totals);

struct PassWork {
  /// Errors: OutOfDeviceMemory.
  PassWork(Device& device, Queue& queue, const Matrix<float>& codebook, SumsWanted wanted,
           NearestBy nearest_by);

  /// Waits for the queue; other queues that worked on the pass must be done.
  [[nodiscard]] PassResult result(Queue& queue) const;

  PassPlan plan;
  DevicePass pass{};  ///< events and labels are still to be set

 private:
  DeviceBuffer<Quad> quads_;
  DeviceBuffer<Fragment> fragments_;
  DeviceBuffer<float> half_norms_;
  DeviceBuffer<Total> totals_;  ///< [nodes][markers] sums, [nodes] counts, events remeasured
};

}  // namespace gateless::cuda
