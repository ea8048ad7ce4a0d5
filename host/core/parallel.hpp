// Spreads independent chunks of work over threads. The result never depends on how many there are:
// chunks are fixed by the caller, and what they return is combined in chunk order or exactly.
#pragma once

#include <cstddef>
#include <functional>

namespace gateless {

/// The number of threads to use when the user names none.
[[nodiscard]] std::size_t hardware_threads();

/// Calls work(chunk) once for every chunk in [0, chunks), from at most `threads` threads.
/// The first exception thrown by a chunk (lowest chunk index) is rethrown here.
void parallel_for(std::size_t threads, std::size_t chunks,
                  const std::function<void(std::size_t chunk)>& work);

/// Is told how far the loops of one thread are.
class LoopWatcher {
 public:
  LoopWatcher() = default;
  LoopWatcher(const LoopWatcher&) = delete;
  LoopWatcher& operator=(const LoopWatcher&) = delete;
  virtual ~LoopWatcher() = default;

  virtual void begin_loop(std::size_t chunks) = 0;
  /// A chunk is done; called by any thread, also by several at a time.
  virtual void end_chunk() = 0;
};

/// Watches the loops that the calling thread begins from here on, without those nested in their chunks; null ends it.
void watch_loops(LoopWatcher* watcher);

}  // namespace gateless
