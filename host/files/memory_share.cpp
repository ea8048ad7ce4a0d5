#include "host/files/memory_share.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "host/core/large_blocks.hpp"

namespace gateless::files {
namespace {

/// What one of several ranks holds. A run alone holds about as many bytes as its files have (tests/bench/RESULTS.md).
double share_of(const std::vector<Sample>& samples, std::size_t ranks) {
  constexpr double kLeast = 0x1.0p27;  // the program itself, and pages in use
  constexpr double kOfFiles = 1.2;
  double bytes = 0.0;
  for (const Sample& sample : samples) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(sample.path, error);
    if (!error) bytes += static_cast<double>(size);
  }
  return std::max(kLeast, kOfFiles * bytes / static_cast<double>(ranks));
}

}  // namespace

void bound_memory(const MemoryWish& wish, const std::vector<Sample>& samples) {
  constexpr double kShareOfMachine = 0.8;
  double bytes = kShareOfMachine * static_cast<double>(machine_memory());
  if (wish.gib > 0.0) {
    bytes = wish.gib * 0x1.0p30;
  } else if (wish.ranks > 1) {
    bytes = std::min(bytes, share_of(samples, wish.ranks));
  }
  if (bytes > 0.0)
    gateless::bound_memory({.bytes = static_cast<std::uint64_t>(bytes), .folder = wish.folder});
}

}  // namespace gateless::files
