// Ranks of one test: threads in the place of processes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "host/compute/ranked_backend.hpp"

namespace gateless::compute {

/// What the ranks of one test share.
struct Room {
  explicit Room(std::size_t ranks) : meeting(static_cast<std::ptrdiff_t>(ranks)) {}

  std::barrier<> meeting;
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::byte> said;  ///< by rank 0, to all
  std::vector<std::int64_t> total;
  std::map<std::pair<std::size_t, std::size_t>, std::deque<std::vector<std::byte>>> letters;
};

class ThreadRanks final : public Ranks {
 public:
  ThreadRanks(Room& room, std::size_t rank, std::size_t count)
      : room_(room), rank_(rank), count_(count) {}
  [[nodiscard]] std::size_t count() const override { return count_; }
  [[nodiscard]] std::size_t rank() const override { return rank_; }
  [[nodiscard]] std::size_t count_here() const override { return count_; }
  [[nodiscard]] std::size_t rank_here() const override { return rank_; }

  void broadcast(std::span<std::byte> bytes) override {
    if (rank_ == 0) room_.said.assign(bytes.begin(), bytes.end());
    room_.meeting.arrive_and_wait();
    ASSERT_EQ(room_.said.size(), bytes.size()) << "rank " << rank_ << " waits for something else";
    std::copy(room_.said.begin(), room_.said.end(), bytes.begin());
    room_.meeting.arrive_and_wait();
  }
  void sum(std::span<std::int64_t> values) override {
    if (rank_ == 0) room_.total.assign(values.size(), 0);
    room_.meeting.arrive_and_wait();
    {
      const std::lock_guard lock(room_.mutex);
      ASSERT_EQ(room_.total.size(), values.size()) << "rank " << rank_;
      std::transform(values.begin(), values.end(), room_.total.begin(), room_.total.begin(),
                     std::plus<>());
    }
    room_.meeting.arrive_and_wait();
    if (rank_ == 0) std::copy(room_.total.begin(), room_.total.end(), values.begin());
  }
  void send(std::size_t to, std::span<const std::byte> bytes) override {
    const std::lock_guard lock(room_.mutex);
    room_.letters[{rank_, to}].emplace_back(bytes.begin(), bytes.end());
    room_.arrived.notify_all();
  }
  void receive(std::size_t from, std::span<std::byte> bytes) override {
    std::unique_lock lock(room_.mutex);
    auto& letters = room_.letters[{from, rank_}];
    room_.arrived.wait(lock, [&] { return !letters.empty(); });
    ASSERT_EQ(letters.front().size(), bytes.size());
    std::copy(letters.front().begin(), letters.front().end(), bytes.begin());
    letters.pop_front();
  }

 private:
  Room& room_;
  std::size_t rank_;
  std::size_t count_;
};

/// Runs `program` as rank 0 of `count`; the others serve with the backends that `make` makes for them, and with `workers` of their own.
template <class Program>
void with_ranks(
    std::size_t count, const Program& program,
    const std::function<BackendMaker(std::size_t rank)>& make =
        [](std::size_t) { return BackendMaker(make_backend); },
    const std::function<RankWorkers()>& workers = [] { return RankWorkers(); }) {
  Room room(count);
  std::vector<std::jthread> others;
  for (std::size_t rank = 1; rank < count; ++rank) {
    others.emplace_back([&room, rank, count, maker = make(rank), own = workers()] {
      ThreadRanks ranks(room, rank, count);
      serve(ranks, own, maker);
    });
  }
  ThreadRanks ranks(room, 0, count);
  program(ranks);
  dismiss(ranks);
  for (const auto& [way, letters] : room.letters) EXPECT_TRUE(letters.empty()) << "never read";
}

}  // namespace gateless::compute
