// The program's operator new and delete: whatever a stage or a library allocates counts to the bound of --memory.
#include <cstddef>

#include "host/core/large_blocks.hpp"

void* operator new(std::size_t bytes) { return gateless::take_memory(bytes); }
void operator delete(void* block) noexcept { gateless::give_memory(block); }
void operator delete(void* block, std::size_t /*bytes*/) noexcept { gateless::give_memory(block); }
