// What each stage of a command has taken: seconds, events, bytes, and the memory of the program at its end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "host/core/progress.hpp"
#include "host/core/results.hpp"

namespace gateless {

/// Never stops: from the start on every second counts to one stage, and what passes between two stages counts to the
/// first of them.
class StageClock {
 public:
  using Clock = std::chrono::steady_clock;

  /// What a stage, or a part of one, has taken.
  struct Taken {
    Stage stage = Stage::kStart;
    double seconds = 0.0;
    std::uint64_t events = 0, bytes = 0;
  };

  explicit StageClock(Clock::time_point start = Clock::now()) : looked_(start) {}

  void begin(Stage stage, Clock::time_point now = Clock::now());
  /// The stage that ran, and the stage to which it left the rest.
  std::vector<Taken> end(Clock::time_point now = Clock::now());
  /// Events and bytes that the running stage processes; repeated calls add up.
  void looks_at(std::uint64_t events, std::uint64_t bytes);
  /// The running stage takes `own_seconds` itself; its other seconds will count to `rest`, whose own `seconds` are ignored.
  void leave(const Taken& rest, double own_seconds);

  /// The stage that runs, or else the one that ran last.
  [[nodiscard]] Stage running() const noexcept { return running_.stage; }
  /// In the order of Stage; a stage that came several times has one row.
  [[nodiscard]] std::vector<StageRow> rows() const;

 private:
  /// What was left to another stage, and the seconds of the running stage itself.
  struct Rest {
    Taken taken;
    double own_seconds = 0.0;
  };

  void add(const Taken& taken);
  /// Seconds since the clock was looked at last.
  double lap(Clock::time_point now);

  Clock::time_point looked_;
  Taken running_;
  std::optional<Rest> rest_;
  std::map<Stage, StageRow> rows_;
};

/// Largest resident memory of this program so far, bytes.
[[nodiscard]] std::uint64_t peak_memory();

}  // namespace gateless
