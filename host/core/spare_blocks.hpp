// Large blocks that were just freed, kept for whoever asks for one of their size next: a file is read into some twenty
// columns, each copied a few times, and pages that the system gives have to be cleared and mapped again.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace gateless {

/// At most kMost bytes in a few blocks of malloc(). Any thread may take and keep blocks.
class SpareBlocks {
 public:
  static constexpr std::size_t kMost = std::size_t{1} << 28U;     ///< bytes of all of them
  static constexpr std::size_t kLargest = std::size_t{1} << 25U;  ///< of one

  SpareBlocks() = default;
  SpareBlocks(const SpareBlocks&) = delete;
  SpareBlocks& operator=(const SpareBlocks&) = delete;
  ~SpareBlocks() { give_back_to(0); }

  /// A block of at least `bytes` and at most an eighth more; null if there is none.
  [[nodiscard]] void* take(std::size_t bytes) noexcept;
  /// Keeps a block of `usable` bytes, if there is room: false leaves it to the caller.
  [[nodiscard]] bool keep(void* block, std::size_t usable) noexcept;
  /// Gives blocks back until they hold no more than `bytes`.
  void give_back_to(std::size_t bytes) noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Spare {
    void* block = nullptr;
    std::size_t usable = 0;
  };
  std::mutex mutex_;
  std::array<Spare, 128> spares_{};
  std::size_t count_ = 0;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace gateless
