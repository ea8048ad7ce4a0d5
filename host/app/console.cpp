#include "host/app/console.hpp"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "host/app/tell.hpp"
#include "host/core/error.hpp"
#include "host/core/printable.hpp"

namespace gateless::app {
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
  if (is_terminal_ && !is_quiet_) watch_loops(this);
}

Console::~Console() {
  watch_loops(nullptr);
  clear_bar();
}

void Console::begin(Stage stage) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  stages_.begin(stage);
  stage_ = loop_ = {};
}

void Console::end() {
  const std::lock_guard lock(mutex_);
  clear_bar();
  for (const StageClock::Taken& taken : stages_.end()) tell_line(taken);
}

void Console::expect(std::size_t steps) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  stage_ = {.steps = steps, .began = now};
  draw(stage_, now);
}

void Console::step() {
  const std::lock_guard lock(mutex_);
  advance(stage_);
}

void Console::begin_loop(std::size_t chunks) {
  const std::lock_guard lock(mutex_);
  loop_ = {.steps = chunks, .began = Clock::now()};
}

void Console::end_chunk() {
  const std::lock_guard lock(mutex_);
  const bool is_told = stage_.steps > 0 && stage_.done < stage_.steps;
  if (!is_told) advance(loop_);
}

void Console::advance(Way& way) {
  constexpr auto kPause = std::chrono::milliseconds(100);
  ++way.done;
  const Clock::time_point now = Clock::now();
  if (now - std::max(way.began, way.drawn) >= kPause) draw(way, now);
}

void Console::looks_at(std::uint64_t events, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  stages_.looks_at(events, bytes);
}

void Console::leave_rest_to(Stage other, double own_seconds, std::uint64_t events,
                            std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  stages_.leave({.stage = other, .events = events, .bytes = bytes}, own_seconds);
}

void Console::warn(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (std::find(warnings_.begin(), warnings_.end(), message) != warnings_.end()) return;
  warnings_.push_back(message);
  clear_bar();
  spdlog::warn("{}", printable(message));
}

void Console::tell_line(const StageClock::Taken& taken) {
  if (is_quiet_) return;
  const double rate = static_cast<double>(taken.events) / std::max(taken.seconds, 1e-3);
  tell("{:<12} {:>8.2f} s  {:>12} events{}\n", word_of(taken.stage), taken.seconds, taken.events,
       taken.events == 0 ? "" : fmt::format("  {:>12.0f}/s", rate));
}

void Console::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  if (!is_quiet_) tell("{}\n", printable(line));
}

void Console::draw(Way& way, Clock::time_point now) {
  if (is_quiet_ || !is_terminal_ || way.steps == 0) return;
  way.drawn = now;
  const std::size_t done = std::min(way.done, way.steps);
  tell("\r\x1b[K{:<12} [{:<{}}] {}/{}", word_of(stages_.running()),
       std::string(done * kBarWidth / way.steps, '#'), kBarWidth, done, way.steps);
  const double seconds = std::chrono::duration<double>(now - way.began).count();
  if (done > 0 && seconds > 0.0) {
    const double rate = static_cast<double>(done) / seconds;
    tell("  {:.3g}/s, {:.0f} s left", rate, static_cast<double>(way.steps - done) / rate);
  }
  std::fflush(stderr);
}

void Console::clear_bar() {
  if (!is_quiet_ && is_terminal_) tell("\r\x1b[K");
}

}  // namespace gateless::app
