#include "host/core/parallel.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "host/core/large_blocks.hpp"

namespace gateless {
namespace {

thread_local LoopWatcher* watcher_of_thread = nullptr;

/// Threads that wait for loops to help with: as many as any loop has asked for, from then to the program's end. Most loops of
/// naming last for less than a thread takes to begin.
class Workers {
 public:
  static Workers& of_program() {
    // They wait until the process is gone: libraries that keep something for each thread may have cleaned up before.
    static auto* const workers = new Workers;  // NOLINT(cppcoreguidelines-owning-memory)
    return *workers;
  }

  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Calls work() here and from at most `helpers` threads that have nothing else to do meanwhile.
  void share(std::size_t helpers, const std::function<void()>& work) {
    if (helpers == 0 || in_child) return work();
    Loop loop{&work, helpers};
    {
      const std::lock_guard lock(mutex_);
      hire(helpers);
      open_.push_back(&loop);
    }
    for (std::size_t helper = 0; helper < helpers; ++helper) offered_.notify_one();
    work();
    std::unique_lock lock(mutex_);
    open_.remove(&loop);
    left_.wait(lock, [&] { return loop.inside == 0; });
  }

 private:
  struct Loop {
    const std::function<void()>* work = nullptr;
    std::size_t wanted = 0;
    std::size_t inside = 0;
  };

  Workers() {
    // A child process has none of the threads, and a lock may be held there for ever.
    pthread_atfork(nullptr, nullptr, [] { in_child = true; });
  }

  void hire(std::size_t enough) {
    try {
      while (threads_.size() < enough) threads_.emplace_back([this] { help(); });
    } catch (const std::system_error&) {  // no more threads here: those there are do the work
    }
  }

  void help() {
    std::unique_lock lock(mutex_);
    while (true) {
      offered_.wait(lock, [&] { return !open_.empty(); });
      Loop& loop = *open_.front();
      ++loop.inside;
      if (--loop.wanted == 0) open_.pop_front();
      lock.unlock();
      (*loop.work)();
      lock.lock();
      // A loop whose chunks have all begun needs nobody else.
      open_.remove(&loop);
      if (--loop.inside == 0) left_.notify_all();
    }
  }

  static inline std::atomic<bool> in_child{false};

  std::mutex mutex_;  ///< of what follows
  std::condition_variable offered_, left_;
  std::list<Loop*> open_;  ///< loops that want more helpers, in the order of their beginning
  std::vector<std::thread> threads_;
};

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

  const std::size_t most = std::min(std::max<std::size_t>(threads, 1), chunks);
  if (most > 0) Workers::of_program().share(most - 1, run);
  watcher_of_thread = watcher;
  if (failure) std::rethrow_exception(failure);
}

}  // namespace gateless
