// A Device of the CUDA runtime.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "cuda/device.hpp"

namespace gateless::cuda {

/// Throws DeviceError with the runtime's own reason unless `result` is success; OutOfDeviceMemory where memory ended.
void check(cudaError_t result, const char* what);

[[nodiscard]] std::unique_ptr<Device> open_runtime_device(int device);

/// Starts a pass on the current device and returns at once.
[[nodiscard]] cudaError_t launch_pass(const PassPlan& plan, const DevicePass& pass,
                                      cudaStream_t stream);

/// cudaSuccess when this program holds code for the current device.
[[nodiscard]] cudaError_t find_device_code();

}  // namespace gateless::cuda
