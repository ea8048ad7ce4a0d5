// The door to the GPU. cuda/ answers in a build with CUDA, cuda_absent.cpp in one without.
#pragma once

#include <memory>

#include "host/compute/backend.hpp"

namespace gateless::compute {

/// The first device and its memory, or why there is none. Never throws.
[[nodiscard]] BackendInfo describe_cuda();

/// Errors: DeviceError with the reason when no device can be used.
[[nodiscard]] std::unique_ptr<Backend> make_cuda_backend(const BackendOptions& options);

}  // namespace gateless::compute
