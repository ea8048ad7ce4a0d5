// What the user sees while a command runs: a bar on a terminal, a line a stage otherwise, warnings once, and the
// record of stages (seconds, bytes, events, peak memory) that ends in run.json.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "host/core/progress.hpp"
#include "host/core/results.hpp"

namespace gateless {

class Console : public Progress {
 public:
  /// `level` is a level of spdlog: trace, debug, info, warning, error, off. Errors: UsageError.
  Console(bool is_quiet, const std::string& level);
  ~Console() override;

  void stage(const std::string& name, std::size_t steps) override;
  void step() override;
  void warn(const std::string& message) override;

  /// Ends the running stage and notes what it looked at. A name that comes again adds to its row.
  void finish(std::uint64_t events, std::uint64_t bytes);
  /// As finish(), for a stage whose seconds were measured elsewhere.
  void record(const std::string& name, double seconds, std::uint64_t events, std::uint64_t bytes);
  /// A line for the user that is neither progress nor a warning.
  void say(const std::string& line);

  [[nodiscard]] const std::vector<StageRow>& stages() const noexcept { return stages_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  void draw();
  void clear_bar();

  bool is_quiet_;
  bool is_terminal_;
  std::mutex mutex_;
  std::string name_;
  std::size_t steps_ = 0;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::vector<StageRow> stages_;
  std::vector<std::string> warnings_;
};

/// Largest resident memory of this program so far, bytes.
[[nodiscard]] std::uint64_t peak_memory();

}  // namespace gateless
