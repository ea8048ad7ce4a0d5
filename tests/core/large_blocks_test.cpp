// Memory under a bound: what does not fit lies in a file that leaves nothing behind, and is the same memory to its reader.
#include "host/core/large_blocks.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <numeric>
#include <span>
#include <thread>
#include <vector>

#include "tests/sanitized.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

/// A block as numbers.
std::span<std::uint64_t> numbers(void* block, std::size_t bytes) {
  return {static_cast<std::uint64_t*>(block), bytes / sizeof(std::uint64_t)};
}

std::uint64_t resident_bytes() {
  std::uint64_t all = 0, resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  EXPECT_EQ(std::fscanf(file, "%lu %lu", &all, &resident), 2);
  std::fclose(file);
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

bool is_empty(const std::string& folder) { return std::filesystem::is_empty(folder); }

TEST(LargeBlocks, StayInMemoryWhileTheyFit) {
  const TemporaryFolder folder;
  LargeBlocks blocks({.bytes = 100 * kMiB, .folder = folder.path()});
  void* first = blocks.take(40 * kMiB);
  EXPECT_FALSE(blocks.is_on_disk(first));
  void* second = blocks.take(40 * kMiB);  // of 50
  EXPECT_TRUE(blocks.is_on_disk(second));
  EXPECT_EQ(blocks.bytes_on_disk(), 40 * kMiB);
  void* small = blocks.take(1000);
  EXPECT_FALSE(blocks.is_on_disk(small));
  blocks.give(first);  // and with it the room that it had
  void* third = blocks.take(40 * kMiB);
  EXPECT_FALSE(blocks.is_on_disk(third));
  for (void* block : {second, third, small}) blocks.give(block);
  EXPECT_EQ(blocks.bytes_on_disk(), 0U);
}

TEST(LargeBlocks, ThatWereFreedStayOnlyWhileWantedAndWithinTheShare) {
  const TemporaryFolder folder;
  LargeBlocks blocks({.bytes = 64 * kMiB, .folder = folder.path()});
  blocks.keep_freed_blocks(true);
  void* first = blocks.take(10 * kMiB);
  void* second = blocks.take(20 * kMiB);  // 30 of 32
  blocks.give(first);
  EXPECT_GE(blocks.spare_bytes(), 10 * kMiB);
  void* third = blocks.take(5 * kMiB);  // 25 in use: no room for 10 spare ones
  EXPECT_EQ(blocks.spare_bytes(), 0U);
  blocks.give(second);
  blocks.give(third);
  EXPECT_GE(blocks.spare_bytes(), 25 * kMiB);
  void* again = blocks.take(20 * kMiB - 100);
  EXPECT_LT(blocks.spare_bytes(), 6 * kMiB);
  blocks.keep_freed_blocks(false);
  blocks.give(again);
}

TEST(LargeBlocks, OnDiskHoldWhatWasWrittenAndLeaveNoName) {
  const TemporaryFolder folder;
  LargeBlocks blocks({.bytes = kMiB, .folder = folder / "not/made/yet"});
  std::vector<void*> taken;
  for (std::size_t block = 0; block < 20; ++block) {
    taken.push_back(blocks.take(kMiB + block));
    ASSERT_TRUE(blocks.is_on_disk(taken.back()));
    const auto values = numbers(taken.back(), kMiB);
    std::iota(values.begin(), values.end(), block);
  }
  for (std::size_t block = 0; block < 20; block += 2) blocks.give(taken[block]);
  void* reused = blocks.take(kMiB);  // into a gap
  EXPECT_LT(reused, taken[3]);
  numbers(reused, kMiB)[0] = 7;
  for (std::size_t block = 1; block < 20; block += 2) {
    const auto values = numbers(taken[block], kMiB);
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], block + i);
    blocks.give(taken[block]);
  }
  blocks.give(reused);
  EXPECT_EQ(blocks.bytes_on_disk(), 0U);
  EXPECT_TRUE(is_empty(folder.path()));
}

TEST(LargeBlocks, AreGivenBackWhereTheProgramHoldsMoreThanItMay) {
#ifdef GATELESS_THREAD_SANITIZER
  GTEST_SKIP() << "the sanitizer keeps notes on every byte, several times its size";
#endif
  const TemporaryFolder folder;
  const std::uint64_t before = resident_bytes();
  const std::uint64_t bound = before + 128 * kMiB;
  LargeBlocks blocks({.bytes = bound, .folder = folder.path()});
  constexpr std::size_t kBytes = 256 * kMiB;
  void* block = blocks.take(kBytes);
  ASSERT_TRUE(blocks.is_on_disk(block));
  const auto values = numbers(block, kBytes);
  std::uint64_t most = 0;
  const auto look = [&](std::size_t i) {
    if (i % (4 * kMiB / sizeof(std::uint64_t)) != 0) return;
    blocks.keep_bound();
    most = std::max(most, resident_bytes());
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i;
    look(i);
  }
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    wrong += values[i] != i ? 1U : 0U;
    look(i);
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_LE(most, bound);
  EXPECT_GT(most, before + 32 * kMiB);  // what fits is held
}

TEST(LargeBlocks, OfManyThreadsDoNotMeet) {
  const TemporaryFolder folder;
  LargeBlocks blocks({.bytes = kMiB, .folder = folder.path()});
  std::vector<std::jthread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&blocks, thread] {
      for (std::uint64_t turn = 0; turn < 50; ++turn) {
        void* block = blocks.take(kMiB);
        const auto values = numbers(block, kMiB);
        std::fill(values.begin(), values.end(), 1000 * thread + turn);
        std::this_thread::yield();
        for (const std::uint64_t value : values) ASSERT_EQ(value, 1000 * thread + turn);
        blocks.give(block);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(blocks.bytes_on_disk(), 0U);
}

TEST(LargeBlocks, SayWhereThereIsNoRoomOnDisk) {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {  // a limit on files is the program's to the end
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4 * kMiB, 4 * kMiB};
    setrlimit(RLIMIT_FSIZE, &limit);
    LargeBlocks blocks({.bytes = kMiB, .folder = folder.path()});
    void* fits = blocks.take(3 * kMiB);
    numbers(fits, 3 * kMiB)[9] = 4;
    try {
      (void)blocks.take(3 * kMiB);
    } catch (const NoRoomOnDisk& error) {
      const std::string message = error.what();
      const bool says = message.find(folder.path()) == 0 &&
                        message.find("free some space") != std::string::npos &&
                        message.find("--memory") != std::string::npos;
      _exit(says && numbers(fits, 3 * kMiB)[9] == 4 ? 0 : 2);
    }
    _exit(1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(is_empty(folder.path()));
}

TEST(LargeBlocks, OfAChildProcessAreItsOwn) {
  const TemporaryFolder folder;
  LargeBlocks blocks({.bytes = kMiB, .folder = folder.path()});
  void* block = blocks.take(kMiB);
  ASSERT_TRUE(blocks.is_on_disk(block));
  const pid_t child = fork();
  if (child == 0) {
    blocks.leave_to_parent();
    void* own = blocks.take(kMiB);
    const bool is_own = !blocks.is_on_disk(own);
    blocks.give(own);
    blocks.give(block);  // the parent still has it
    _exit(is_own ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(blocks.bytes_on_disk(), kMiB);
  blocks.give(block);
}

}  // namespace
}  // namespace gateless
