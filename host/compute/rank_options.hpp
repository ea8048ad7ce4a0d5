// What one rank computes with: its part of the machine's cores and GPUs.
#pragma once

#include <string>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/compute/ranks.hpp"

namespace gateless::compute {

/// The options of all ranks as this one takes them.
[[nodiscard]] BackendOptions own_options(const Ranks& ranks, const std::string& backend,
                                         BackendOptions options);

/// The GPUs of one rank: those listed for its machine are dealt out to the machine's ranks in turn, all of the `present`
/// ones where none is listed. Ranks share where there are fewer GPUs.
[[nodiscard]] std::vector<int> devices_of(const Ranks& ranks, const std::vector<int>& listed,
                                          std::size_t present);

}  // namespace gateless::compute
