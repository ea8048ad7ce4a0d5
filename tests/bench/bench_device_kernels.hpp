// The door from bench_device to its own kernels.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "host/core/layers.hpp"

namespace gateless::bench {

using namespace cuda;

/// Events [first, first + count) of a made-up pool of 30 components into [markers][stride] of the current device, scaled
/// units; a function of event and marker alone. Returns at once.
[[nodiscard]] cudaError_t start_generating(float* values, std::size_t stride, std::size_t first,
                                           std::size_t count, int markers, int processors);

/// Adds the values of each marker up, as fixed point of 2^-24 and squared: [markers] each. Returns at once.
[[nodiscard]] cudaError_t start_column_sums(const float* values, std::size_t stride,
                                            std::size_t count, int markers, std::int64_t* sums,
                                            double* squares);

/// Nothing but float32 multiply-adds, as many as it says. Returns at once.
[[nodiscard]] cudaError_t start_multiply_adds(float* out, int processors, double* multiply_adds);

}  // namespace gateless::bench
