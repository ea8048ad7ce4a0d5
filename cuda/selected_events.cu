// Lists open events, and far ones, with CUB. Grid and shared memory are CUB's; traffic: a bit an event, or all its values and
// two bytes, and four for a listed one.
#include <thrust/iterator/counting_iterator.h>

#include <cub/device/device_select.cuh>

#include "cuda/selected_events_launch.hpp"
#include "cuda/thrust_transform.cuh"

namespace gateless::cuda {
namespace {

struct IsOpen {
  const std::uint32_t* open;
  __device__ bool operator()(std::uint32_t event) const {
    return (open[event / 32U] >> event % 32U & 1U) != 0;
  }
};

cudaError_t select(const DeviceSelection& job, std::size_t* scratch_bytes, cudaStream_t stream) {
  return cub::DeviceSelect::If(job.scratch, *scratch_bytes,
                               thrust::counting_iterator<std::uint32_t>(0), job.list, job.listed,
                               static_cast<int>(job.count), IsOpen{job.open}, stream);
}

cudaError_t select(const DeviceFar& job, std::size_t* scratch_bytes, cudaStream_t stream) {
  return cub::DeviceSelect::Flagged(
      job.scratch, *scratch_bytes, thrust::counting_iterator<std::uint32_t>(0), job.flags, job.list,
      job.listed, static_cast<int>(job.events.count), stream);
}

}  // namespace

cudaError_t launch_selection(const DeviceSelection& job, cudaStream_t stream) {
  std::size_t bytes = job.scratch_bytes;
  return select(job, &bytes, stream);
}

cudaError_t measure_selection(std::size_t events, std::size_t* bytes) {
  *bytes = 0;
  DeviceSelection job{};
  job.count = events;
  return select(job, bytes, nullptr);
}

cudaError_t launch_far(const DeviceFar& job, cudaStream_t stream) {
  // Flags first: within a selection the loop over markers would spill.
  const cudaError_t error = transform(thrust::counting_iterator<std::uint32_t>(0), job.events.count,
                                      job.flags, IsFar{job}, stream);
  if (error != cudaSuccess) return error;
  std::size_t bytes = job.scratch_bytes;
  return select(job, &bytes, stream);
}

cudaError_t measure_far(std::size_t events, std::size_t* bytes) {
  *bytes = 0;
  DeviceFar job{};
  job.events.count = events;
  return select(job, bytes, nullptr);
}

}  // namespace gateless::cuda
