// How far the work has come, told on stderr: a bar on a terminal, a line a stage otherwise.
#pragma once

#include <cstddef>
#include <string>

namespace gateless {

/// Told by the stages; what is shown is the application's choice. Must be cheap and thread-safe.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;
  virtual void stage(const std::string& /*name*/, std::size_t /*steps*/) {}
  virtual void step() {}
  virtual void warn(const std::string& /*message*/) {}
};

}  // namespace gateless
