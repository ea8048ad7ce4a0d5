// How far the work has come: which stage of a run is being worked on, and what it looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace gateless {

/// The stages that run.json lists. A run goes from kStart to kWrite in this order, but annotates again after clusters of single
/// subsets, and maps only where a panel has a model already; the last three belong to other commands.
enum class Stage {
  kStart,
  kRead,
  kPool,
  kTransform,
  kCluster,
  kMetacluster,
  kMap,
  kAnnotate,
  kPlace,
  kMeasure,
  kCompare,
  kWrite,
  kConvert,
  kSimulate,
  kTruth
};

/// "read", "pool" ... as in run.json.
[[nodiscard]] constexpr const char* word_of(Stage stage) {
  constexpr const char* kWords[] = {"start",       "read",  "pool",     "transform", "cluster",
                                    "metacluster", "map",   "annotate", "place",     "measure",
                                    "compare",     "write", "convert",  "simulate",  "truth"};
  return kWords[static_cast<std::size_t>(stage)];
}

/// Stages report here; the application decides what to show. Must be cheap and thread-safe. A stage ends before the
/// next one begins: see timed(), and StageClock for the seconds between them.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  virtual void begin(Stage /*stage*/) {}
  virtual void end() {}
  /// The running stage takes so many steps from here on.
  virtual void expect(std::size_t /*steps*/) {}
  virtual void step() {}
  /// Events and bytes that the running stage processes; repeated calls add up.
  virtual void looks_at(std::uint64_t /*events*/, std::uint64_t /*bytes*/) {}
  /// The running stage took `own_seconds` itself; the rest of its seconds, with these events and bytes, counts to `other`.
  virtual void leave_rest_to(Stage /*other*/, double /*own_seconds*/, std::uint64_t /*events*/,
                             std::uint64_t /*bytes*/) {}
  virtual void warn(const std::string& /*message*/) {}
};

/// Does the work as one stage of the run and returns its result. A failure ends the run, so the stage is left open.
template <class Work>
auto timed(Progress& progress, Stage stage, Work&& work) {
  progress.begin(stage);
  if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
    work();
    progress.end();
  } else {
    auto result = work();
    progress.end();
    return result;
  }
}

}  // namespace gateless
