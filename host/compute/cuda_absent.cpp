// Stands in for cuda/ where no nvcc was found: same functions, one answer.
#include "host/compute/cuda_backend.hpp"
#include "host/core/error.hpp"

namespace gateless::compute {
namespace {

constexpr const char* kReason = "this program was built without CUDA";

}  // namespace

BackendInfo describe_cuda() {
  return {.name = "cuda", .available = false, .devices = 0, .reason = kReason};
}

std::unique_ptr<Backend> make_cuda_backend(const BackendOptions& /*options*/) {
  throw DeviceError(std::string("the cuda backend is not there: ") + kReason +
                    " (nothing can run on a GPU); use --backend cpu, or install the CUDA toolkit "
                    "and build again");
}

}  // namespace gateless::compute
