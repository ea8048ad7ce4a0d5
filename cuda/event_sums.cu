// The kernels of event_sums.hpp: bodies given a GPU's thread as their Lane.
#include <algorithm>

#include "cuda/event_sums_launch.hpp"
#include "cuda/gpu_lane.cuh"

namespace gateless::cuda {
namespace {

__global__ void __launch_bounds__(kSumThreads) products_kernel(const DeviceProducts job) {
  add_products(GpuLane{}, job);
}
__global__ void __launch_bounds__(kSumThreads) squares_kernel(const DeviceSquares job) {
  add_squares(GpuLane{}, job);
}

/// As many blocks as the device holds at once, but no more than there are pieces of work.
template <class Job>
cudaError_t launch(void (*kernel)(Job), const Job& job, std::size_t pieces,
                   std::size_t shared_bytes, cudaStream_t stream) {
  if (pieces == 0) return cudaSuccess;
  int device = 0;
  int processors = 0;
  int held = 0;
  auto error = cudaGetDevice(&device);
  if (error == cudaSuccess) {
    error = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  }
  if (error == cudaSuccess) {
    error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&held, kernel, kSumThreads, shared_bytes);
  }
  if (error != cudaSuccess) return error;
  const auto blocks = static_cast<std::size_t>(processors) * static_cast<std::size_t>(held);
  kernel<<<static_cast<unsigned>(std::min(pieces, std::max<std::size_t>(1, blocks))), kSumThreads,
           shared_bytes, stream>>>(job);
  return cudaGetLastError();
}

}  // namespace

cudaError_t launch_products(const DeviceProducts& job, cudaStream_t stream) {
  const std::size_t pieces = runs_of(job.events) * static_cast<std::size_t>(pair_squares(job));
  return launch(products_kernel, job, pieces, kPairSharedBytes, stream);
}

cudaError_t launch_squares(const DeviceSquares& job, cudaStream_t stream) {
  const int together = markers_together(job.nodes);
  const int groups = (job.events.markers + together - 1) / together;
  const std::size_t pieces = runs_of(job.events) * static_cast<std::size_t>(groups);
  return launch(squares_kernel, job, pieces, kSquareSharedBytes, stream);
}

}  // namespace gateless::cuda
