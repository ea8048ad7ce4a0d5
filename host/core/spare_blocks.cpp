#include "host/core/spare_blocks.hpp"

#include <cstdlib>

namespace gateless {

void SpareBlocks::give_back_to(std::size_t bytes) noexcept {
  if (bytes_ <= bytes) return;
  const std::lock_guard lock(mutex_);
  while (bytes_ > bytes) {
    const Spare& last = spares_[--count_];
    bytes_ -= last.usable;
    std::free(last.block);
  }
}

void* SpareBlocks::take(std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = count_; i-- > 0;) {
    const Spare spare = spares_[i];
    if (spare.usable < bytes || spare.usable > bytes + bytes / 8) continue;
    spares_[i] = spares_[--count_];
    bytes_ -= spare.usable;
    return spare.block;
  }
  return nullptr;
}

bool SpareBlocks::keep(void* block, std::size_t usable) noexcept {
  const std::lock_guard lock(mutex_);
  if (usable > kLargest || count_ == spares_.size() || bytes_ + usable > kMost) return false;
  spares_[count_++] = {block, usable};
  bytes_ += usable;
  return true;
}

}  // namespace gateless
