// The cuda backend: events divided among the devices asked for, whose exact sums are added.
#include "host/compute/cuda_backend.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "cuda/device_memory.hpp"
#include "cuda/device_share.hpp"
#include "cuda/node_pass.hpp"
#include "host/compute/checks.hpp"
#include "host/core/parallel.hpp"

namespace gateless {
namespace {

static_assert(cuda::kQuanta == float{1 << kFractionBits});

/// Why `device` cannot be used, or nothing.
std::optional<std::string> obstacle_of(int device) {
  int devices = 0;
  cudaError_t result = cudaGetDeviceCount(&devices);
  if (result == cudaSuccess && device >= devices) result = cudaErrorInvalidDevice;
  if (result == cudaSuccess && devices == 0) result = cudaErrorNoDevice;
  if (result == cudaSuccess) result = cudaSetDevice(device);
  if (result == cudaSuccess) result = cuda::find_device_code();
  if (result == cudaSuccess) return std::nullopt;
  (void)cudaGetLastError();
  return cudaGetErrorString(result);
}

template <class Value>
void add_to(std::span<Value> totals, std::span<const Value> values) {
  std::transform(totals.begin(), totals.end(), values.begin(), totals.begin(), std::plus<>());
}

class CudaEvents final : public ResidentEvents {
 public:
  CudaEvents(EventView events, const Scaling& scaling, const BackendOptions& options)
      : events_(events) {
    const std::size_t devices = options.devices.size();
    shares_.resize(devices);
    parallel_for(devices, devices, [&](std::size_t index) {
      const std::size_t first = events.events * index / devices;
      const std::size_t end = events.events * (index + 1) / devices;
      shares_[index] = {first, end - first,
                        std::make_unique<cuda::DeviceShare>(
                            options.devices[index], events.slice(first, end - first), scaling,
                            options, std::max<std::size_t>(1, options.threads / devices))};
    });
  }

  NodeSums pass(const Matrix<float>& codebook) override {
    require_codebook(codebook, events_.markers);
    std::vector<NodeSums> parts(shares_.size());
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      parts[index] = shares_[index].on_device->pass(codebook);
    });
    NodeSums result = std::move(parts.front());
    for (std::size_t index = 1; index < parts.size(); ++index) {
      add_to(std::span(result.counts), std::span<const std::uint64_t>(parts[index].counts));
      add_to(result.sums.values(), std::as_const(parts[index].sums).values());
    }
    return result;
  }

  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events);
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      const Share& share = shares_[index];
      share.on_device->assign(codebook, nodes.subspan(share.first, share.count));
    });
  }

  NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                  std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events);
    std::vector<NodeSquares> parts(shares_.size(), NodeSquares(0, 0));
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      const Share& share = shares_[index];
      parts[index] =
          share.on_device->assign_with_squares(codebook, nodes.subspan(share.first, share.count));
    });
    NodeSquares result = std::move(parts.front());
    for (std::size_t index = 1; index < parts.size(); ++index) {
      add_to(result.sums.values(), std::as_const(parts[index].sums).values());
      add_to(result.squares.values(), std::as_const(parts[index].squares).values());
    }
    return result;
  }

  MarkerProducts products() override {
    std::vector<MarkerProducts> parts(shares_.size(), MarkerProducts(0));
    parallel_for(shares_.size(), shares_.size(),
                 [&](std::size_t index) { parts[index] = shares_[index].on_device->products(); });
    MarkerProducts result = std::move(parts.front());
    for (std::size_t index = 1; index < parts.size(); ++index) {
      add_to(std::span(result.sums), std::span<const std::int64_t>(parts[index].sums));
      add_to(result.products.values(), std::as_const(parts[index].products).values());
    }
    return result;
  }

 private:
  /// Events [first, first + count) and the device that holds them.
  struct Share {
    std::size_t first = 0;
    std::size_t count = 0;
    std::unique_ptr<cuda::DeviceShare> on_device;
  };

  EventView events_;
  std::vector<Share> shares_;
};

class CudaBackend final : public Backend {
 public:
  explicit CudaBackend(BackendOptions options) : options_(std::move(options)) {
    if (options_.devices.empty()) options_.devices = {0};
    if (options_.threads == 0) options_.threads = hardware_threads();
    for (const int device : options_.devices) {
      if (const auto obstacle = obstacle_of(device)) {
        throw DeviceError(
            fmt::format("GPU {} cannot be used: {} (nothing can run on it); use --backend cpu, "
                        "or choose another with --devices",
                        device, *obstacle));
      }
    }
  }
  [[nodiscard]] std::string name() const override { return "cuda"; }
  [[nodiscard]] std::string device() const override {
    std::vector<std::string> names;
    for (const int device : options_.devices) {
      cudaDeviceProp properties{};
      cuda::check(cudaGetDeviceProperties(&properties, device), "the GPU does not tell its name");
      names.emplace_back(properties.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }
  [[nodiscard]] std::unique_ptr<ResidentEvents> load(EventView events,
                                                     const Scaling& scaling) override {
    require_events(events, scaling, options_.threads);
    return std::make_unique<CudaEvents>(events, scaling, options_);
  }

 private:
  BackendOptions options_;
};

}  // namespace

BackendInfo describe_cuda() {
  BackendInfo info{.name = "cuda", .devices = 0};
  if (const auto obstacle = obstacle_of(0)) {
    info.reason = *obstacle;
    return info;
  }
  cudaDeviceProp properties{};
  if (const auto result = cudaGetDeviceProperties(&properties, 0); result != cudaSuccess) {
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
  return std::make_unique<CudaBackend>(options);
}

}  // namespace gateless
