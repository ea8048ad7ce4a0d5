// The cuda backend: which GPUs there are, and why one cannot be used.
#include "host/compute/cuda_backend.hpp"

#include <cuda_runtime_api.h>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <optional>

#include "cuda/device_backend.hpp"
#include "cuda/runtime_device.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cuda {
namespace {

static_assert(cuda::kQuanta == float{1 << kFractionBits});

/// What an insufficient driver lacks: the runtime has one message for a driver that is old and for none at all.
std::string words_of(cudaError_t result) {
  int driver = 0;
  if (result != cudaErrorInsufficientDriver || cudaDriverGetVersion(&driver) != cudaSuccess) {
    return cudaGetErrorString(result);
  }
  if (driver == 0) return "no NVIDIA driver is installed";
  constexpr int kNeeded = CUDART_VERSION / 1000 >= 13 ? 580 : 525;  // NVIDIA's minor-version rule
  return fmt::format(
      "the NVIDIA driver is for CUDA {}.{}, this program was built with {}.{} and needs driver {} "
      "or later",
      driver / 1000, driver % 1000 / 10, CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10,
      kNeeded);
}

/// Why a card that is there has no code in this program, or nothing.
std::optional<std::string> too_old(int device) {
  int major = 0;
  int minor = 0;
  if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess ||
      cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) != cudaSuccess ||
      major >= 8) {
    return std::nullopt;
  }
  return fmt::format("it has compute capability {}.{}, and 8.0 or later is needed", major, minor);
}

/// Why `device` cannot be used, or nothing.
std::optional<std::string> obstacle_of(int device) {
  int devices = 0;
  cudaError_t result = cudaGetDeviceCount(&devices);
  if (result == cudaSuccess && devices == 0) result = cudaErrorNoDevice;
  if (result == cudaSuccess && (device < 0 || device >= devices)) result = cudaErrorInvalidDevice;
  if (result == cudaSuccess) {
    if (auto reason = too_old(device)) return reason;
    result = cudaSetDevice(device);
  }
  if (result == cudaSuccess) result = cuda::find_device_code();
  if (result == cudaSuccess) return std::nullopt;
  (void)cudaGetLastError();
  return words_of(result);
}

/// The first device that can be used, else the first: a machine may hold an old card beside a new one.
int first_usable() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess) devices = 0;
  for (int device = 0; device < devices; ++device) {
    if (!obstacle_of(device)) return device;
  }
  return 0;
}

std::string names_of(const std::vector<int>& devices) {
  std::vector<std::string> names;
  for (const int device : devices) {
    cudaDeviceProp properties{};
    cuda::check(cudaGetDeviceProperties(&properties, device), "the GPU does not tell its name");
    names.emplace_back(properties.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace
}  // namespace gateless::cuda

namespace gateless::compute {

using namespace cuda;

BackendInfo describe_cuda() {
  BackendInfo info{.name = "cuda", .devices = 0};
  const int first = first_usable();
  if (const auto obstacle = obstacle_of(first)) {
    info.reason = *obstacle;
    return info;
  }
  cudaDeviceProp properties{};
  if (const auto result = cudaGetDeviceProperties(&properties, first); result != cudaSuccess) {
    info.reason = cudaGetErrorString(result);
    return info;
  }
  int devices = 0;
  if (const auto result = cudaGetDeviceCount(&devices); result != cudaSuccess) {
    info.reason = cudaGetErrorString(result);
    return info;
  }
  info.available = true;
  info.devices = static_cast<std::size_t>(devices);
  info.device = properties.name;
  info.memory_gib = static_cast<double>(properties.totalGlobalMem) / 0x1.0p30;
  return info;
}

std::unique_ptr<Backend> make_cuda_backend(const BackendOptions& options) {
  BackendOptions chosen = options;
  if (chosen.devices.empty()) chosen.devices = {first_usable()};
  if (chosen.threads == 0) chosen.threads = hardware_threads();
  for (const int device : chosen.devices) {
    if (const auto obstacle = obstacle_of(device)) {
      throw DeviceError(
          fmt::format("GPU {} cannot be used: {} (nothing can run on it); use --backend cpu, "
                      "or choose another with --devices",
                      device, *obstacle));
    }
  }
  std::string names = names_of(chosen.devices);
  return cuda::make_device_backend(std::move(chosen), cuda::open_runtime_device, std::move(names));
}

}  // namespace gateless::compute
