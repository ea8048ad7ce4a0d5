// Compiles every variant of the kernels and starts the one that was planned.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "cuda/exact_pass.hpp"
#include "cuda/gpu_lane.cuh"
#include "cuda/proposed_pass.hpp"
#include "cuda/runtime_device.hpp"

namespace gateless::cuda {
namespace {

template <int kVariant>
__global__ void __launch_bounds__(kExactVariants[kVariant].threads, kExactVariants[kVariant].blocks)
    exact_kernel(const DevicePass pass, const ExactPlan plan) {
  exact_pass<kVariant>(GpuLane{}, pass, plan);
}

template <int kVariant>
__global__ void __launch_bounds__(kProposedVariants[kVariant].threads, 1)
    proposed_kernel(const DevicePass pass, const ProposedPlan plan) {
  proposed_pass<kVariant>(GpuLane{}, pass, plan);
}

/// The kernel of a variant that is known only at run time.
template <int... kVariant>
const void* exact_kernel_of(int variant, std::integer_sequence<int, kVariant...>) {
  const std::array<const void*, sizeof...(kVariant)> kernels{
      reinterpret_cast<const void*>(exact_kernel<kVariant>)...};
  return kernels[static_cast<std::size_t>(variant)];
}
template <int... kVariant>
const void* proposed_kernel_of(int variant, std::integer_sequence<int, kVariant...>) {
  const std::array<const void*, sizeof...(kVariant)> kernels{
      reinterpret_cast<const void*>(proposed_kernel<kVariant>)...};
  return kernels[static_cast<std::size_t>(variant)];
}

const void* kernel_of(const PassPlan& plan) {
  return plan.nearest_by == NearestBy::kProposal
             ? proposed_kernel_of(plan.variant,
                                  std::make_integer_sequence<int, kProposedVariantCount>())
             : exact_kernel_of(plan.variant, std::make_integer_sequence<int, kExactVariantCount>());
}

constexpr int kDevices = 64;  // that are remembered; more are asked again for each pass
constexpr int kKernels = kExactVariantCount + kProposedVariantCount;

/// Lets a kernel's blocks have all the shared memory that the current device gives, once: a limit that changed from pass
/// to pass could change between another thread's setting and its launch.
cudaError_t opt_in(const PassPlan& plan, const void* kernel, int device) {
  static std::array<std::array<std::atomic<bool>, kKernels>, kDevices> done{};
  const bool proposes = plan.nearest_by == NearestBy::kProposal;
  const auto number = static_cast<std::size_t>(plan.variant + (proposes ? kExactVariantCount : 0));
  std::atomic<bool>* const known =
      device < kDevices ? &done[static_cast<std::size_t>(device)][number] : nullptr;
  if (known != nullptr && known->load()) return cudaSuccess;
  int most = 0;
  cudaError_t result =
      cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  if (result == cudaSuccess)
    result = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, most);
  if (result == cudaSuccess && known != nullptr) known->store(true);
  return result;
}

/// As many blocks as the current device holds at once.
cudaError_t held_blocks(const void* kernel, const PassPlan& plan, std::size_t* blocks) {
  int device = 0;
  int processors = 0;
  int of_a_processor = 0;
  cudaError_t result = cudaGetDevice(&device);
  if (result == cudaSuccess) result = opt_in(plan, kernel, device);
  if (result == cudaSuccess)
    result = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  if (result == cudaSuccess)
    result = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&of_a_processor, kernel, plan.threads,
                                                           plan.shared_bytes);
  *blocks =
      static_cast<std::size_t>(processors) * static_cast<std::size_t>(std::max(1, of_a_processor));
  return result;
}

}  // namespace

cudaError_t launch_pass(const PassPlan& plan, const DevicePass& pass, cudaStream_t stream) {
  if (pass.count == 0) return cudaSuccess;
  const void* const kernel = kernel_of(plan);
  std::size_t held = 0;
  cudaError_t result = held_blocks(kernel, plan, &held);
  if (result != cudaSuccess) return result;

  const std::size_t wanted = (pass.count + plan.run_events - 1) / plan.run_events;
  const dim3 grid(static_cast<unsigned>(std::min(wanted, held)));
  DevicePass pass_copy = pass;  // the runtime takes arguments by address
  ExactPlan exact = plan.exact;
  ProposedPlan proposed = plan.proposed;
  void* plan_copy = plan.nearest_by == NearestBy::kProposal ? static_cast<void*>(&proposed)
                                                            : static_cast<void*>(&exact);
  void* arguments[] = {&pass_copy, plan_copy};
  result = cudaLaunchKernel(kernel, grid, dim3(static_cast<unsigned>(plan.threads)), arguments,
                            plan.shared_bytes, stream);
  return result == cudaSuccess ? cudaGetLastError() : result;
}

cudaError_t find_device_code() {
  cudaFuncAttributes attributes{};
  return cudaFuncGetAttributes(&attributes, exact_kernel<0>);
}

}  // namespace gateless::cuda
