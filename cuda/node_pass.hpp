// The door from host code to the kernels: all that g++ sees of node_pass.cu.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "cuda/node_chain.hpp"

namespace gateless::cuda {

/// Events on the device and where their results go; all pointers are of the device.
struct DevicePass {
  const float* events;  ///< [markers][stride], scaled
  std::size_t stride;
  std::size_t count;  ///< events
  int markers;
  int nodes;
  const Quad*
      codebook;  ///< [groups][1 + markers][kGroupNodes]; fillers have a half norm of infinity
  int groups;
  unsigned long long* sums;    ///< [markers][nodes], two's complement, added to; null: not wanted
  unsigned long long* counts;  ///< [nodes], added to
  std::uint16_t* labels;       ///< [count], the nearest node of each event; null: not wanted
};

/// Starts a pass on the current device and returns at once.
[[nodiscard]] cudaError_t launch_node_pass(const DevicePass& pass, cudaStream_t stream);

/// cudaSuccess when this program holds code for the current device.
[[nodiscard]] cudaError_t find_device_code();

}  // namespace gateless::cuda
