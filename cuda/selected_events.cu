// Lists open events, and far ones, with CUB. Grid and shared memory are CUB's; traffic: a bit an event, or all its values, and
// four bytes for a listed one.
#include <thrust/iterator/counting_iterator.h>

#include <cub/device/device_select.cuh>

#include "cuda/selected_events_launch.hpp"

namespace gateless::cuda {
namespace {

struct IsOpen {
  const std::uint32_t* open;
  __device__ bool operator()(std::uint32_t event) const {
    return (open[event / 32U] >> event % 32U & 1U) != 0;
  }
};

/// Of events 0, 1, ... those for which is_wanted(event) holds, into job.list.
template <class Job, class IsWanted>
cudaError_t select(const Job& job, std::size_t count, IsWanted is_wanted,
                   std::size_t* scratch_bytes, cudaStream_t stream) {
  return cub::DeviceSelect::If(job.scratch, *scratch_bytes,
                               thrust::counting_iterator<std::uint32_t>(0), job.list, job.listed,
                               static_cast<int>(count), is_wanted, stream);
}

}  // namespace

cudaError_t launch_selection(const DeviceSelection& job, cudaStream_t stream) {
  std::size_t bytes = job.scratch_bytes;
  return select(job, job.count, IsOpen{job.open}, &bytes, stream);
}

cudaError_t measure_selection(std::size_t events, std::size_t* bytes) {
  *bytes = 0;
  return select(DeviceSelection{}, events, IsOpen{nullptr}, bytes, nullptr);
}

cudaError_t launch_far(const DeviceFar& job, cudaStream_t stream) {
  std::size_t bytes = job.scratch_bytes;
  return select(job, job.events.count, IsFar{job}, &bytes, stream);
}

cudaError_t measure_far(std::size_t events, std::size_t* bytes) {
  *bytes = 0;
  return select(DeviceFar{}, events, IsFar{DeviceFar{}}, bytes, nullptr);
}

}  // namespace gateless::cuda
