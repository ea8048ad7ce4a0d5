// The backends of this build by name, and which of them this machine can run.
#include <fmt/core.h>

#include "host/compute/backend.hpp"
#include "host/compute/cpu_backend.hpp"
#include "host/compute/cuda_backend.hpp"
#include "host/compute/reference_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/large_blocks.hpp"

namespace gateless::compute {
namespace {

double host_memory_gib() { return static_cast<double>(machine_memory()) / 0x1.0p30; }

BackendInfo describe_host(const Backend& backend) {
  return {.name = backend.name(),
          .available = true,
          .device = backend.device(),
          .memory_gib = host_memory_gib(),
          .reason = ""};
}

}  // namespace

std::vector<BackendInfo> list_backends() {
  return {describe_cuda(), describe_host(*make_cpu_backend({})),
          describe_host(*make_reference_backend())};
}

std::unique_ptr<Backend> make_backend(const std::string& name, const BackendOptions& options) {
  if (name == "reference") return make_reference_backend();
  if (name == "cpu") return make_cpu_backend(options);
  if (name == "cuda") return make_cuda_backend(options);
  if (name == "auto") {
    return describe_cuda().available ? make_cuda_backend(options) : make_cpu_backend(options);
  }
  throw UsageError(
      fmt::format("there is no backend '{}' (nothing can be computed); use auto, cpu, "
                  "cuda or reference",
                  name));
}

}  // namespace gateless::compute
