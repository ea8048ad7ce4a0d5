#include "host/app/console.hpp"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "host/app/tell.hpp"
#include "host/core/error.hpp"
#include "host/core/printable.hpp"

namespace gateless {
namespace {

constexpr std::size_t kBarWidth = 30;

void set_up_log(const std::string& level) {
  const auto parsed = spdlog::level::from_str(level);
  if (parsed == spdlog::level::off && level != "off") {
    throw UsageError(fmt::format(
        "--log-level {}: unknown level; use trace, debug, info, warning, error or off", level));
  }
  auto logger = std::make_shared<spdlog::logger>("gateless",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%l: %v");
  logger->set_level(parsed);
  spdlog::set_default_logger(logger);
}

}  // namespace

Console::Console(bool is_quiet, const std::string& level)
    : is_quiet_(is_quiet), is_terminal_(isatty(STDERR_FILENO) == 1) {
  set_up_log(level);
}

Console::~Console() { clear_bar(); }

void Console::stage(const std::string& name, std::size_t steps) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  name_ = name;
  steps_ = steps;
  done_ = 0;
  started_ = std::chrono::steady_clock::now();
  draw();
}

void Console::step() {
  const std::lock_guard lock(mutex_);
  ++done_;
  draw();
}

void Console::warn(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (std::find(warnings_.begin(), warnings_.end(), message) != warnings_.end()) return;
  warnings_.push_back(message);
  clear_bar();
  spdlog::warn("{}", printable(message));
}

void Console::finish(std::uint64_t events, std::uint64_t bytes) {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
  record(name_, passed.count(), events, bytes);
}

void Console::record(const std::string& name, double seconds, std::uint64_t events,
                     std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  auto row = std::find_if(stages_.begin(), stages_.end(),
                          [&](const StageRow& stage) { return stage.name == name; });
  if (row == stages_.end()) row = stages_.insert(stages_.end(), StageRow{name, 0.0, 0, 0, 0});
  row->seconds += seconds;
  row->events += events;
  row->bytes += bytes;
  row->peak_bytes = peak_memory();
  if (!is_quiet_) tell("{:<12} {:>8.2f} s  {:>12} events\n", name, seconds, events);
}

void Console::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  if (!is_quiet_) tell("{}\n", printable(line));
}

void Console::draw() {
  if (is_quiet_ || !is_terminal_ || steps_ == 0) return;
  const std::size_t filled = std::min(kBarWidth, done_ * kBarWidth / steps_);
  tell("\r\x1b[K{:<12} [{:<{}}] {}/{}", name_, std::string(filled, '#'), kBarWidth,
       std::min(done_, steps_), steps_);
  std::fflush(stderr);
}

void Console::clear_bar() {
  if (!is_quiet_ && is_terminal_) tell("\r\x1b[K");
}

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024U;
}

}  // namespace gateless
