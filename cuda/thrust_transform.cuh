// One function of each element, by Thrust, on a stream.
#pragma once

#include <cuda_runtime_api.h>
#include <thrust/execution_policy.h>
#include <thrust/system_error.h>
#include <thrust/transform.h>

#include <cstddef>

namespace gateless::cuda {

/// Starts out[i] = function(first[i]) and returns at once; what Thrust throws comes as an error code, as of any launch.
template <class In, class Out, class Function>
[[nodiscard]] cudaError_t transform(In first, std::size_t count, Out out, Function function,
                                    cudaStream_t stream) {
  try {
    thrust::transform(thrust::cuda::par_nosync.on(stream), first, first + count, out, function);
  } catch (const thrust::system_error& error) {
    return static_cast<cudaError_t>(error.code().value());
  }
  return cudaGetLastError();
}

}  // namespace gateless::cuda
