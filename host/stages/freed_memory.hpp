// What a stage has freed goes back to the system before the next one needs large blocks.
#pragma once

#include <malloc.h>

namespace gateless::stages {

/// Calls malloc_trim() where glibc has it.
inline void give_small_blocks_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace gateless::stages
