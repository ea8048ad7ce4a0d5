// The door from host code to the kernels of column_work.cu.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/column_work.hpp"

namespace gateless::cuda {

/// Each starts its kernel on the current device and returns at once.
[[nodiscard]] cudaError_t launch_transform(const DeviceTransform& job, cudaStream_t stream);
[[nodiscard]] cudaError_t launch_unmix(const DeviceUnmix& job, cudaStream_t stream);

}  // namespace gateless::cuda
