// The doors to the selections of open and of far events.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/far_events.hpp"
#include "cuda/selected_events.hpp"

namespace gateless::cuda {

/// Each starts its selection on the current device and returns at once.
[[nodiscard]] cudaError_t launch_selection(const DeviceSelection& job, cudaStream_t stream);
[[nodiscard]] cudaError_t launch_far(const DeviceFar& job, cudaStream_t stream);

/// The scratch memory that a selection of so many events takes.
[[nodiscard]] cudaError_t measure_selection(std::size_t events, std::size_t* bytes);
[[nodiscard]] cudaError_t measure_far(std::size_t events, std::size_t* bytes);

}  // namespace gateless::cuda
