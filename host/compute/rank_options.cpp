#include "host/compute/rank_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "host/compute/cuda_backend.hpp"
#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

/// An equal part of the machine's cores, unless the starter has bound this rank to cores of its own.
std::size_t threads_of(const Ranks& ranks, std::size_t wanted) {
  if (wanted > 0) return wanted;
  const std::size_t usable = hardware_threads();
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  const bool is_bound = cores > 0 && usable < static_cast<std::size_t>(cores);
  return is_bound ? usable : std::max<std::size_t>(1, usable / ranks.count_here());
}

}  // namespace

BackendOptions own_options(const Ranks& ranks, const std::string& backend, BackendOptions options) {
  options.threads = threads_of(ranks, options.threads);
  if (backend == "cuda" || backend == "auto") {
    options.devices = devices_of(ranks, options.devices, describe_cuda().devices);
  }
  return options;
}

std::vector<int> devices_of(const Ranks& ranks, const std::vector<int>& listed,
                            std::size_t present) {
  if (ranks.count_here() == 1) return listed;
  std::vector<int> all = listed;
  if (all.empty()) {
    all.resize(present);
    std::iota(all.begin(), all.end(), 0);
  }
  if (all.empty()) return {};
  std::vector<int> own;
  for (std::size_t turn = ranks.rank_here(); turn < all.size(); turn += ranks.count_here()) {
    own.push_back(all[turn]);
  }
  if (own.empty()) own.push_back(all[ranks.rank_here() % all.size()]);
  return own;
}

}  // namespace gateless::compute
