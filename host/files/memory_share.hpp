// How much memory a command may hold.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/study.hpp"

namespace gateless::files {

struct MemoryWish {
  double gib = 0.0;  ///< --memory; 0: nothing was said
  std::size_t ranks = 1;
  std::string folder;  ///< of the result: what does not fit lies on its disk
};

/// Bounds the memory of this process: by what was said; one of several ranks by its share of the samples, though the first
/// pools all of them; else by 0.8 of what the machine has. Once, before events are read.
void bound_memory(const MemoryWish& wish, const std::vector<Sample>& samples);

}  // namespace gateless::files
