// Ranges by CUB, keys and scaling by Thrust. Grids are theirs; traffic: each value read once, a key or a value written.
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>

#include <cub/device/device_reduce.cuh>

#include "cuda/raw_values_launch.hpp"
#include "cuda/thrust_transform.cuh"

namespace gateless::cuda {
namespace {

cudaError_t reduce(const DeviceRange& job, std::size_t* scratch_bytes, cudaStream_t stream) {
  return cub::DeviceReduce::Reduce(job.scratch, *scratch_bytes,
                                   thrust::make_transform_iterator(job.values, RangeOfValue{}),
                                   job.range, job.count, JoinedRange{}, ValueRange{}, stream);
}

}  // namespace

cudaError_t launch_range(const DeviceRange& job, cudaStream_t stream) {
  std::size_t bytes = job.scratch_bytes;
  return reduce(job, &bytes, stream);
}

cudaError_t measure_range(std::size_t count, std::size_t* bytes) {
  *bytes = 0;
  DeviceRange job{};
  job.count = count;
  return reduce(job, bytes, nullptr);
}

cudaError_t launch_keys(const DeviceKeys& job, cudaStream_t stream) {
  return transform(thrust::counting_iterator<std::size_t>(0), job.events.count, job.keys,
                   KeyOfEvent{job.events}, stream);
}

cudaError_t launch_scaling(const DeviceScaling& job, cudaStream_t stream) {
  return transform(job.values, job.count, job.values, ScaledValue{job.shift, job.scale}, stream);
}

}  // namespace gateless::cuda
