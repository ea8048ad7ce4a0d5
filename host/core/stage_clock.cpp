#include "host/core/stage_clock.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace gateless {

void StageClock::begin(Stage stage, Clock::time_point now) {
  add({.stage = running_.stage, .seconds = lap(now)});
  running_ = {.stage = stage};
}

std::vector<StageClock::Taken> StageClock::end(Clock::time_point now) {
  running_.seconds = lap(now);
  std::vector<Taken> ended{running_};
  if (rest_) {
    const double own = std::min(rest_->own_seconds, running_.seconds);
    ended.push_back(rest_->taken);
    ended.back().seconds = running_.seconds - own;
    ended.front().seconds = own;
  }
  for (const Taken& taken : ended) add(taken);
  rest_.reset();
  return ended;
}

void StageClock::looks_at(std::uint64_t events, std::uint64_t bytes) {
  running_.events += events;
  running_.bytes += bytes;
}

void StageClock::leave(const Taken& rest, double own_seconds) { rest_ = {rest, own_seconds}; }

std::vector<StageRow> StageClock::rows() const {
  std::vector<StageRow> rows;
  for (const auto& [stage, row] : rows_) rows.push_back(row);
  return rows;
}

void StageClock::add(const Taken& taken) {
  StageRow& row = rows_[taken.stage];
  row.name = word_of(taken.stage);
  row.seconds += taken.seconds;
  row.events += taken.events;
  row.bytes += taken.bytes;
  row.peak_bytes = peak_memory();
}

double StageClock::lap(Clock::time_point now) {
  const std::chrono::duration<double> passed = now - looked_;
  looked_ = now;
  return passed.count();
}

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024U;
}

}  // namespace gateless
