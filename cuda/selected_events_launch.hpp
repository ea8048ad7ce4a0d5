// The door to the selection of open events.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/selected_events.hpp"

namespace gateless::cuda {

/// Starts the selection on the current device and returns at once.
[[nodiscard]] cudaError_t launch_selection(const DeviceSelection& job, cudaStream_t stream);

/// The scratch memory that a selection of so many events takes.
[[nodiscard]] cudaError_t measure_selection(std::size_t events, std::size_t* bytes);

}  // namespace gateless::cuda
