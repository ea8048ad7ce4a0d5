// What the user sees while a command runs: a bar with what is left on a terminal, a line per stage, warnings once, and the
// record of stages (seconds, bytes, events, peak memory) that ends in run.json.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "host/core/parallel.hpp"
#include "host/core/progress.hpp"
#include "host/core/stage_clock.hpp"

namespace gateless::app {

class Console : public Progress, private LoopWatcher {
 public:
  /// `level` is a level of spdlog: trace, debug, info, warning, error, off. Errors: UsageError.
  Console(bool is_quiet, const std::string& level);
  ~Console() override;

  void begin(Stage stage) override;
  void end() override;
  void expect(std::size_t steps) override;
  void step() override;
  void looks_at(std::uint64_t events, std::uint64_t bytes) override;
  void leave_rest_to(Stage other, double own_seconds, std::uint64_t events,
                     std::uint64_t bytes) override;
  void warn(const std::string& message) override;

  /// A line for the user that is neither progress nor a warning.
  void say(const std::string& line);

  [[nodiscard]] std::vector<StageRow> stages() const { return stages_.rows(); }
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  using Clock = StageClock::Clock;

  /// How far a row of equal steps is.
  struct Way {
    std::size_t steps = 0, done = 0;
    Clock::time_point began{}, drawn{};
  };

  void begin_loop(std::size_t chunks) override;
  void end_chunk() override;
  /// One more step; the bar is drawn again if the last one was not just now.
  void advance(Way& way);
  void tell_line(const StageClock::Taken& taken);
  void draw(Way& way, Clock::time_point now);
  void clear_bar();

  bool is_quiet_;
  bool is_terminal_;
  std::mutex mutex_;
  StageClock stages_;
  Way stage_;  ///< steps that the stage has told
  Way loop_;   ///< of a stage that tells none, its longest loops
  std::vector<std::string> warnings_;
};

}  // namespace gateless::app
