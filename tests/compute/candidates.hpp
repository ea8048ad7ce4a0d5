// The backends under test: those of the build at every SIMD level, the cuda backend with its kernels run on the host, and
// on GPUs where there are some. Without one its tests are skipped and say so; GATELESS_REQUIRE_GPU=1 makes that a failure.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "host/compute/cpu_backend.hpp"
#include "host/compute/cuda_backend.hpp"
#include "tests/compute/simulated_device.hpp"

namespace gateless::compute {

/// A backend under test; make() gives null where this machine cannot run it.
struct Candidate {
  std::string name;
  std::function<std::unique_ptr<Backend>(const BackendOptions&)> make;

  friend std::ostream& operator<<(std::ostream& stream, const Candidate& candidate) {
    return stream << candidate.name;
  }
};

inline Candidate cpu_candidate(const std::string& name, SimdLevel level) {
  return {name, [level](const BackendOptions& options) -> std::unique_ptr<Backend> {
            const auto levels = simd_levels();
            const bool known = std::find(levels.begin(), levels.end(), level) != levels.end();
            return known ? make_cpu_backend(options, level) : nullptr;
          }};
}

/// The cuda backend with its kernels run on the host.
inline Candidate simulated_candidate(const std::string& name, NearestBy nearest_by) {
  return {name, [nearest_by](BackendOptions options) -> std::unique_ptr<Backend> {
            static simulated::DeviceLog log;
            options.nearest_by = nearest_by;
            return simulated::make_backend(options, {}, log);
          }};
}

inline Candidate cuda_candidate(const std::string& name, NearestBy nearest_by,
                                const std::vector<int>& devices) {
  return {name, [=](BackendOptions options) -> std::unique_ptr<Backend> {
            options.nearest_by = nearest_by;
            options.devices = devices;
            const std::size_t needed = std::max<std::size_t>(1, devices.size());
            return describe_cuda().devices >= needed ? make_cuda_backend(options) : nullptr;
          }};
}

inline std::vector<Candidate> candidates() {
  return {cpu_candidate("Baseline", SimdLevel::kBaseline),
          cpu_candidate("Avx2", SimdLevel::kAvx2),
          cpu_candidate("Avx512", SimdLevel::kAvx512),
          simulated_candidate("SimulatedChain", NearestBy::kChain),
          simulated_candidate("SimulatedProposal", NearestBy::kProposal),
          cuda_candidate("Cuda", NearestBy::kAuto, {}),
          cuda_candidate("CudaChain", NearestBy::kChain, {}),
          cuda_candidate("CudaProposal", NearestBy::kProposal, {}),
          cuda_candidate("CudaTwo", NearestBy::kAuto, {0, 1})};
}

inline bool gpu_required() {
  const char* required = std::getenv("GATELESS_REQUIRE_GPU");
  return required != nullptr && std::string(required) == "1";
}

/// Skips, or fails where one is demanded; true without a GPU.
inline bool lacks_gpu() {
  if (describe_cuda().available) return false;
  EXPECT_FALSE(gpu_required()) << "GATELESS_REQUIRE_GPU=1, but " << describe_cuda().reason;
  return true;
}

/// A suite that runs on every candidate.
class OnEveryBackend : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    if (GetParam().make({}) != nullptr) return;
    if (GetParam().name.find("Cuda") != 0) GTEST_SKIP() << "this machine lacks the instructions";
    if (describe_cuda().available) GTEST_SKIP() << "this machine has one GPU";
    ASSERT_FALSE(gpu_required()) << "GATELESS_REQUIRE_GPU=1, but " << describe_cuda().reason;
    GTEST_SKIP() << "no GPU: " << describe_cuda().reason;
  }
};

}  // namespace gateless::compute
