// All cores of this machine with the widest vectors they know.
#pragma once

#include <memory>

#include "host/compute/backend.hpp"

namespace gateless::compute {

enum class SimdLevel { kBaseline, kAvx2, kAvx512 };

/// The SIMD levels this machine can run, widest first; the baseline is always among them.
[[nodiscard]] std::vector<SimdLevel> simd_levels();

[[nodiscard]] std::string name_of(SimdLevel level);

/// Uses the widest level.
[[nodiscard]] std::unique_ptr<Backend> make_cpu_backend(const BackendOptions& options);

/// Uses the level named; it must be one of simd_levels().
[[nodiscard]] std::unique_ptr<Backend> make_cpu_backend(const BackendOptions& options,
                                                        SimdLevel level);

}  // namespace gateless::compute
