// Large blocks of memory under a bound. Those that do not fit lie in a file without a name, mapped into memory, and pages
// of it are given back to the system while the program holds more than the bound. A pointer is a pointer: no stage knows
// whether its events lie in memory or on disk, so no stage can compute something else there.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <thread>

#include "host/core/spare_blocks.hpp"

namespace gateless {

/// What a program may hold, and the folder where the rest lies.
struct MemoryBound {
  std::uint64_t bytes = 0;
  std::string folder;  ///< or one that is still to be made: then the nearest above it that exists
};

/// The disk has no room for a block that does not fit into memory. Its message is the user's.
class NoRoomOnDisk : public std::bad_alloc {
 public:
  explicit NoRoomOnDisk(std::string message) : message_(std::move(message)) {}
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// Blocks of at least kLargeBlock bytes: in memory while they fit into kShareInMemory of the bound together, else in the
/// file. The file is made with the first block that needs it, has no name (nothing is left behind, however the program
/// ends), and gets the room on disk for a block before anything is written there. Any thread may take and give blocks.
class LargeBlocks {
 public:
  static constexpr std::size_t kLargeBlock = std::size_t{1} << 17U;
  static constexpr double kShareInMemory =
      0.5;  ///< the rest: small blocks, and pages of the file in use

  explicit LargeBlocks(MemoryBound bound) : bound_(std::move(bound)) {}
  LargeBlocks(const LargeBlocks&) = delete;
  LargeBlocks& operator=(const LargeBlocks&) = delete;
  ~LargeBlocks();

  /// A block, aligned as malloc's. Errors: std::bad_alloc; NoRoomOnDisk.
  [[nodiscard]] void* take(std::size_t bytes);
  /// Any block that take() or malloc() returned.
  void give(void* block) noexcept;

  /// Whether it lies in the file.
  [[nodiscard]] bool is_on_disk(const void* block) const noexcept;
  /// Bytes in the file now.
  [[nodiscard]] std::uint64_t bytes_on_disk() const;
  /// Bytes of freed blocks that are kept for the next ones.
  [[nodiscard]] std::size_t spare_bytes() const noexcept { return spare_.bytes(); }
  /// Gives pages of the file back to the system if the program holds nearly as much as it may. A thread of this class calls it
  /// every 2 ms; loops that read faster than that call it, too.
  void keep_bound() noexcept;
  /// Whether many freed blocks are kept for the next ones, until the same is called with false.
  void keep_freed_blocks(bool is_wanted) noexcept;
  /// A child process must not take blocks of the file, whose map of what is taken it does not share.
  void leave_to_parent() noexcept { is_child_ = true; }

 private:
  void* take_on_disk(std::size_t bytes);
  [[nodiscard]] std::size_t room_for_spares() const noexcept;
  void open_file(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t find_room(std::uint64_t bytes) const;
  [[noreturn]] void refuse(std::uint64_t bytes, int error) const;

  MemoryBound bound_;
  SpareBlocks spare_;
  std::atomic<std::int64_t> in_memory_{0};  ///< bytes of large blocks
  std::atomic<int> keepers_{0};             ///< who wants freed blocks to be kept
  std::atomic<bool> is_child_{false};
  mutable std::mutex mutex_;  ///< of what follows
  int file_ = -1;
  std::atomic<char*> base_{nullptr};               ///< where the file is mapped
  std::uint64_t reserved_ = 0;                     ///< bytes of addresses
  std::atomic<std::uint64_t> end_{0};              ///< of the blocks so far
  std::map<std::uint64_t, std::uint64_t> blocks_;  ///< place in the file -> bytes
  std::atomic<std::uint64_t> read_ahead_to_{0};    ///< up to here pages are read ahead
  std::mutex keeping_;
  std::uint64_t hand_ = 0;  ///< where pages are given back next; of keeping_
  std::jthread keeper_;
};

/// Bounds what the program's operator new hands out, from here to its end. Called once.
void bound_memory(const MemoryBound& bound);

/// Gives back what may be, where the bound is near: for loops that go over many events, a tile at a time.
void keep_memory_bound() noexcept;

/// While one lives, what a file needed is kept for the next: for loops that read files.
class KeepFreedBlocks {
 public:
  KeepFreedBlocks();
  ~KeepFreedBlocks();
  KeepFreedBlocks(const KeepFreedBlocks&) = delete;
  KeepFreedBlocks& operator=(const KeepFreedBlocks&) = delete;
};

/// operator new and delete of the program: malloc() and free() until memory is bounded.
[[nodiscard]] void* take_memory(std::size_t bytes);
void give_memory(void* block) noexcept;

/// Memory of this machine, bytes.
[[nodiscard]] std::uint64_t machine_memory();

}  // namespace gateless
