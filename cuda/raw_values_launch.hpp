// The doors to what is done with values that have just arrived.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/raw_values.hpp"

namespace gateless::cuda {

/// Each starts its work on the current device and returns at once.
[[nodiscard]] cudaError_t launch_range(const DeviceRange& job, cudaStream_t stream);
[[nodiscard]] cudaError_t launch_keys(const DeviceKeys& job, cudaStream_t stream);
[[nodiscard]] cudaError_t launch_scaling(const DeviceScaling& job, cudaStream_t stream);

/// The scratch memory that the range of so many values takes.
[[nodiscard]] cudaError_t measure_range(std::size_t count, std::size_t* bytes);

}  // namespace gateless::cuda
