// The door from host code to the kernels of event_sums.cu.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/event_sums.hpp"

namespace gateless::cuda {

/// Each starts its kernel on the current device and returns at once.
[[nodiscard]] cudaError_t launch_products(const DeviceProducts& job, cudaStream_t stream);
[[nodiscard]] cudaError_t launch_squares(const DeviceSquares& job, cudaStream_t stream);

}  // namespace gateless::cuda
