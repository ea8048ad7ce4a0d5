#include "host/core/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "host/core/large_blocks.hpp"

namespace gateless {
namespace {

thread_local LoopWatcher* watcher_of_thread = nullptr;

}  // namespace

void watch_loops(LoopWatcher* watcher) { watcher_of_thread = watcher; }

std::size_t hardware_threads() {
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

void parallel_for(std::size_t threads, std::size_t chunks,
                  const std::function<void(std::size_t chunk)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed_chunk = chunks;
  LoopWatcher* const watcher = std::exchange(watcher_of_thread, nullptr);
  if (watcher != nullptr) watcher->begin_loop(chunks);

  const auto run = [&] {
    for (std::size_t chunk = next++; chunk < chunks; chunk = next++) {
      try {
        work(chunk);
        keep_memory_bound();
        if (watcher != nullptr) watcher->end_chunk();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (chunk < failed_chunk) {
          failed_chunk = chunk;
          failure = std::current_exception();
        }
        next = chunks;  // the others finish what they have begun and stop
      }
    }
  };

  const std::size_t helpers = std::min(std::max<std::size_t>(threads, 1), chunks);
  {
    std::vector<std::jthread> pool;
    for (std::size_t thread = 1; thread < helpers; ++thread) pool.emplace_back(run);
    run();
  }
  watcher_of_thread = watcher;
  if (failure) std::rethrow_exception(failure);
}

}  // namespace gateless
