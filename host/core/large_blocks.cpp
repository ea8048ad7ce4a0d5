#include "host/core/large_blocks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "host/core/error.hpp"

namespace gateless {
namespace {

constexpr std::uint64_t kGrain = 1U << 16U;  ///< blocks begin on whole pages, of any machine
constexpr std::size_t kWorthLargePages = std::size_t{1} << 22U;  ///< bytes of a block
constexpr std::int64_t kFew = std::int64_t{1} << 29U;            ///< bytes of large blocks
constexpr std::int64_t kSparesOfFew = std::int64_t{1} << 26U;    ///< that are kept beside so few
constexpr std::uint64_t kSlice = 1U << 26U;   ///< bytes of the file that are given back together
constexpr std::uint64_t kWindow = 1U << 26U;  ///< of its pages so many stay, or a pass would stall
constexpr auto kPause = std::chrono::milliseconds(2);  ///< a thread writes some 10 MB meanwhile

/// What the program holds, bytes.
struct Resident {
  std::uint64_t all = 0, of_files = 0;
};

Resident resident() noexcept {
  static const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  std::array<char, 128> text{};
  if (pread(file, text.data(), text.size() - 1, 0) <= 0) return {};
  static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  char* at = text.data();
  (void)std::strtoull(at, &at, 10);
  const std::uint64_t all = std::strtoull(at, &at, 10);
  return {all * page, std::strtoull(at, &at, 10) * page};
}

/// The folder, or the nearest above it that exists: results will be written on that disk.
std::string existing_folder(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::path place = std::filesystem::absolute(folder).lexically_normal();
  while (!std::filesystem::is_directory(place, ignored) && place.has_relative_path())
    place = place.parent_path();
  return place.string();
}

/// A file that no folder lists.
int nameless_file(const std::string& folder) {
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
  std::string name = folder + "/.gateless.XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

// What a signal handler may look at.
std::atomic<const char*> mapped_from{nullptr};
std::atomic<const char*> mapped_to{nullptr};
constexpr char kDiskFailed[] =
    "gateless: reading or writing events that do not fit into memory failed (the disk of --out has "
    "a fault or is gone); choose another --out, or give more with --memory\n";

/// A page of the file that the disk does not deliver.
void on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const auto* at = static_cast<const char*>(info->si_addr);
  if (at < mapped_from || at >= mapped_to) {
    std::signal(signal, SIG_DFL);  // not ours: it happens again, and ends the program
    return;
  }
  const ssize_t told = write(STDERR_FILENO, kDiskFailed, sizeof kDiskFailed - 1);
  _exit(told < 0 ? 1 : static_cast<int>(ExitStatus::kDevice));
}

void watch_bus_errors(const char* base, std::uint64_t bytes) {
  mapped_from = base;
  mapped_to = base + bytes;
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

/// Pages of 2 MiB where the whole of one lies in the block: 512 times fewer are asked for, one by one.
void ask_for_large_pages(void* block, std::size_t bytes) noexcept {
  constexpr std::uintptr_t kLargePage = std::uintptr_t{1} << 21U;
  const auto begin = reinterpret_cast<std::uintptr_t>(block);  // NOLINT: an address
  const std::uintptr_t first = (begin + kLargePage - 1) / kLargePage * kLargePage;
  const std::uintptr_t last = (begin + bytes) / kLargePage * kLargePage;
  if (last <= first) return;
  (void)madvise(static_cast<char*>(block) + (first - begin), last - first, MADV_HUGEPAGE);
}

std::atomic<LargeBlocks*> of_program{nullptr};

}  // namespace

LargeBlocks::~LargeBlocks() {
  keeper_ = {};
  if (base_ != nullptr) munmap(base_, reserved_);
  if (file_ >= 0) close(file_);
}

void* LargeBlocks::take(std::size_t bytes) {
  const auto share = static_cast<std::int64_t>(kShareInMemory * static_cast<double>(bound_.bytes));
  const bool fits = in_memory_ + static_cast<std::int64_t>(bytes) <= share;
  if (bytes >= kLargeBlock && !fits && !is_child_) return take_on_disk(bytes);
  void* block = bytes >= kLargeBlock && !is_child_ ? spare_.take(bytes) : nullptr;
  const bool is_new = block == nullptr;
  if (is_new) block = std::malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  const std::size_t usable = malloc_usable_size(block);
  if (usable >= kLargeBlock) in_memory_ += static_cast<std::int64_t>(usable);
  if (is_new && usable > kWorthLargePages) ask_for_large_pages(block, usable);
  // Another thread may have held the lock of spare blocks when a child process began.
  if (!is_child_) spare_.give_back_to(room_for_spares());
  return block;
}

/// Spare blocks count as those in use do: both together are no more than the share in memory.
std::size_t LargeBlocks::room_for_spares() const noexcept {
  const std::int64_t now = in_memory_;
  if (keepers_ == 0) return now <= kFew ? kSparesOfFew : 0;
  const auto share = static_cast<std::int64_t>(kShareInMemory * static_cast<double>(bound_.bytes));
  return static_cast<std::size_t>(std::max(std::int64_t{0}, share - now));
}

void LargeBlocks::keep_freed_blocks(bool is_wanted) noexcept {
  keepers_ += is_wanted ? 1 : -1;
  spare_.give_back_to(room_for_spares());
}

void LargeBlocks::give(void* block) noexcept {
  if (!is_on_disk(block)) {
    const std::size_t usable = malloc_usable_size(block);
    if (usable >= kLargeBlock) in_memory_ -= static_cast<std::int64_t>(usable);
    const bool may_keep =
        usable >= kLargeBlock && !is_child_ && spare_.bytes() + usable <= room_for_spares();
    if (!may_keep || !spare_.keep(block, usable)) std::free(block);
    return;
  }
  if (is_child_) return;
  const auto place = static_cast<std::uint64_t>(static_cast<char*>(block) - base_);
  std::uint64_t bytes = 0;
  {
    const std::lock_guard lock(mutex_);
    bytes = blocks_.at(place);
  }
  // What was not written yet need not be. A file system that cannot do this keeps the room for the next block.
  (void)fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(place),
                  static_cast<off_t>(bytes));
  const std::lock_guard lock(mutex_);
  blocks_.erase(place);
}

bool LargeBlocks::is_on_disk(const void* block) const noexcept {
  const char* base = base_;
  const auto* at = static_cast<const char*>(block);
  return base != nullptr && at >= base && at < base + reserved_;
}

std::uint64_t LargeBlocks::bytes_on_disk() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [place, bytes] : blocks_) sum += bytes;
  return sum;
}

void* LargeBlocks::take_on_disk(std::size_t wanted) {
  const std::uint64_t bytes = (wanted + kGrain - 1) / kGrain * kGrain;
  const std::lock_guard lock(mutex_);
  if (file_ < 0) open_file(bytes);
  const std::uint64_t place = find_room(bytes);
  if (place + bytes > reserved_) refuse(bytes, ENOSPC);
  // Without its room a page that is written to on a full disk would end the program.
  int error = EINTR;
  while (error == EINTR)
    error = posix_fallocate(file_, static_cast<off_t>(place), static_cast<off_t>(bytes));
  if (error != 0) refuse(bytes, error);
  // Large pages would be filled and given back faster, but of 16 threads that read 50 rows of markers each would hold 1.6 GB.
  (void)madvise(base_ + place, bytes, MADV_RANDOM);
  read_ahead_to_ = std::min<std::uint64_t>(read_ahead_to_, place);
  blocks_.emplace(place, bytes);
  end_ = std::max<std::uint64_t>(end_, place + bytes);
  return base_ + place;
}

void LargeBlocks::open_file(std::uint64_t bytes) {
  const std::string folder = existing_folder(bound_.folder);
  struct statvfs disk {};
  const int file = nameless_file(folder);
  if (file < 0 || fstatvfs(file, &disk) != 0) refuse(bytes, errno);
  // Addresses cost nothing; with four times what the disk has, gaps between blocks never run out of them.
  const std::uint64_t addresses =
      (4 * std::uint64_t{disk.f_bavail} * disk.f_frsize / kSlice + 1) * kSlice;
  void* base =
      mmap(nullptr, addresses, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
  if (base == MAP_FAILED) {
    const int error = errno;
    close(file);
    refuse(bytes, error);
  }
  reserved_ = addresses;
  file_ = file;
  watch_bus_errors(static_cast<char*>(base), addresses);
  base_ = static_cast<char*>(base);
  keeper_ = std::jthread([this](const std::stop_token& stop) {
    for (; !stop.stop_requested(); std::this_thread::sleep_for(kPause)) keep_bound();
  });
}

std::uint64_t LargeBlocks::find_room(std::uint64_t bytes) const {
  std::uint64_t place = 0;
  for (const auto& [taken, length] : blocks_) {
    if (taken - place >= bytes) break;
    place = taken + length;
  }
  return place;
}

void LargeBlocks::refuse(std::uint64_t bytes, int error) const {
  throw NoRoomOnDisk(printable(fmt::format(
      "{}: no room for {:.1f} MB of events that do not fit into {:.2f} GiB of memory ({}); free "
      "some space, choose an --out on another disk, or give more memory with --memory",
      bound_.folder, static_cast<double>(bytes) / 1e6, static_cast<double>(bound_.bytes) / 0x1.0p30,
      std::strerror(error))));
}

void LargeBlocks::keep_bound() noexcept {
  const std::uint64_t most = bound_.bytes / 4 * 3;
  const std::uint64_t enough = bound_.bytes / 8 * 5;
  const std::uint64_t end = end_;
  if (end == 0 || resident().all <= most) return;
  const std::lock_guard lock(keeping_);  // who waits here takes no more meanwhile
  Resident now = resident();
  for (std::uint64_t turned = 0; turned < end && now.all > enough && now.of_files > kWindow;
       turned += kSlice) {
    if (hand_ >= end) hand_ = 0;
    const std::uint64_t bytes = std::min(kSlice, end - hand_);
    if (hand_ >= read_ahead_to_) {  // what leaves memory will be read ahead
      (void)madvise(base_ + hand_, bytes, MADV_NORMAL);
      read_ahead_to_ = hand_ + bytes;
    }
    (void)madvise(base_ + hand_, bytes, MADV_DONTNEED);
    hand_ += kSlice;
    now = resident();
  }
}

void bound_memory(const MemoryBound& bound) {
  of_program =
      new LargeBlocks(bound);  // NOLINT(cppcoreguidelines-owning-memory): blocks outlive all else
  pthread_atfork(nullptr, nullptr, [] { of_program.load()->leave_to_parent(); });
}

void keep_memory_bound() noexcept {
  LargeBlocks* blocks = of_program;
  if (blocks != nullptr) blocks->keep_bound();
}

KeepFreedBlocks::KeepFreedBlocks() {
  LargeBlocks* blocks = of_program;
  if (blocks != nullptr) blocks->keep_freed_blocks(true);
}

KeepFreedBlocks::~KeepFreedBlocks() {
  LargeBlocks* blocks = of_program;
  if (blocks != nullptr) blocks->keep_freed_blocks(false);
}

void* take_memory(std::size_t bytes) {
  LargeBlocks* blocks = of_program;
  if (blocks != nullptr && bytes >= LargeBlocks::kLargeBlock / 2) return blocks->take(bytes);
  void* block = std::malloc(std::max<std::size_t>(bytes, 1));
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_memory(void* block) noexcept {
  LargeBlocks* blocks = of_program;
  if (blocks == nullptr || block == nullptr) return std::free(block);
  blocks->give(block);
}

std::uint64_t machine_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGESIZE);
  if (pages < 0 || page_bytes < 0) return 0;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
}

}  // namespace gateless
