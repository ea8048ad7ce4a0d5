// Loops over chunks: each chunk once, whoever helps, from any thread, nested, in a child process.
#include "host/core/parallel.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace gateless {
namespace {

/// How often each chunk was called.
std::vector<int> calls_of(std::size_t threads, std::size_t chunks) {
  std::vector<std::atomic<int>> calls(chunks);
  parallel_for(threads, chunks, [&](std::size_t chunk) { ++calls[chunk]; });
  return {calls.begin(), calls.end()};
}

TEST(ParallelFor, CallsEachChunkOnce) {
  for (const std::size_t threads : {0U, 1U, 2U, 7U}) {
    for (const std::size_t chunks : {0U, 1U, 2U, 1000U})
      EXPECT_EQ(calls_of(threads, chunks), std::vector<int>(chunks, 1))
          << threads << ", " << chunks;
  }
}

TEST(ParallelFor, ManySmallLoopsOneAfterTheOther) {
  std::atomic<int> sum = 0;
  for (int loop = 0; loop < 20'000; ++loop) parallel_for(3, 3, [&](std::size_t) { ++sum; });
  EXPECT_EQ(sum, 60'000);
}

TEST(ParallelFor, LoopsWithinLoops) {
  std::atomic<int> sum = 0;
  parallel_for(4, 8, [&](std::size_t) {
    parallel_for(4, 8, [&](std::size_t) { parallel_for(2, 2, [&](std::size_t) { ++sum; }); });
  });
  EXPECT_EQ(sum, 128);
}

TEST(ParallelFor, LoopsOfSeveralThreads) {
  std::vector<std::vector<int>> found(6);
  {
    std::vector<std::jthread> callers;
    for (auto& own : found) callers.emplace_back([&own] { own = calls_of(3, 500); });
  }
  for (const auto& own : found) EXPECT_EQ(own, std::vector<int>(500, 1));
}

TEST(ParallelFor, PassesOnTheErrorOfTheFirstChunkThatFails) {
  for (int turn = 0; turn < 50; ++turn) {
    try {
      parallel_for(4, 100, [](std::size_t chunk) {
        if (chunk >= 3) throw std::runtime_error(std::to_string(chunk));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
  }
  EXPECT_EQ(calls_of(4, 10), std::vector<int>(10, 1));
}

// A file that may crash its library is read in a child process, which has none of the threads.
TEST(ParallelFor, LoopsOfAChildProcess) {
  EXPECT_EQ(calls_of(4, 10), std::vector<int>(10, 1));
  const pid_t child = fork();
  if (child == 0) _exit(calls_of(4, 10) == std::vector<int>(10, 1) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace gateless
