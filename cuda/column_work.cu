// The kernels of column_work.hpp: bodies given a GPU's thread as their Lane.
#include <algorithm>

#include "cuda/column_work_launch.hpp"
#include "cuda/gpu_lane.cuh"

namespace gateless::cuda {
namespace {

__global__ void __launch_bounds__(kColumnThreads) transform_kernel(const DeviceTransform job) {
  transform_tile(GpuLane{}, job);
}
__global__ void __launch_bounds__(kColumnThreads) unmix_kernel(const DeviceUnmix job) {
  unmix_tile(GpuLane{}, job);
}

/// A thread an event, up to what any GPU holds at once: the copies around the kernel take longer.
unsigned blocks_for(const DeviceColumns& columns) {
  constexpr std::size_t kMostBlocks = 2048;
  return static_cast<unsigned>(
      std::min(kMostBlocks, (columns.count + kColumnThreads - 1) / kColumnThreads));
}

}  // namespace

cudaError_t launch_transform(const DeviceTransform& job, cudaStream_t stream) {
  transform_kernel<<<blocks_for(job.columns), kColumnThreads, 0, stream>>>(job);
  return cudaGetLastError();
}

cudaError_t launch_unmix(const DeviceUnmix& job, cudaStream_t stream) {
  unmix_kernel<<<blocks_for(job.columns), kColumnThreads, 0, stream>>>(job);
  return cudaGetLastError();
}

}  // namespace gateless::cuda
