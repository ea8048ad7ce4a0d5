#include "host/core/stage_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace gateless {
namespace {

using std::chrono::seconds;

constexpr StageClock::Clock::time_point kStart{};

TEST(StageClock, CountsEverySecondToOneStage) {
  StageClock clock(kStart);
  clock.begin(Stage::kRead, kStart + seconds(2));
  clock.looks_at(100, 800);
  clock.looks_at(50, 400);
  clock.end(kStart + seconds(5));
  clock.begin(Stage::kCluster, kStart + seconds(6));  // a second between two stages is of the first
  clock.end(kStart + seconds(10));
  clock.begin(Stage::kRead, kStart + seconds(10));
  clock.end(kStart + seconds(11));

  const std::vector<StageRow> rows = clock.rows();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name, "start");
  EXPECT_EQ(rows[0].seconds, 2.0);
  EXPECT_EQ(rows[1].name, "read");
  EXPECT_EQ(rows[1].seconds, 5.0);
  EXPECT_EQ(rows[1].events, 150U);
  EXPECT_EQ(rows[1].bytes, 1200U);
  EXPECT_EQ(rows[2].name, "cluster");
  EXPECT_EQ(rows[2].seconds, 4.0);
  EXPECT_GT(rows[2].peak_bytes, 0U);
}

TEST(StageClock, GivesTheRestOfAStageToTheOtherThatSharedIt) {
  StageClock clock(kStart);
  clock.begin(Stage::kCluster, kStart);
  clock.leave({.stage = Stage::kMap, .events = 7, .bytes = 70}, 3.0);
  const std::vector<StageClock::Taken> ended = clock.end(kStart + seconds(10));
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].stage, Stage::kCluster);
  EXPECT_EQ(ended[0].seconds, 3.0);
  EXPECT_EQ(ended[1].stage, Stage::kMap);
  EXPECT_EQ(ended[1].seconds, 7.0);
  EXPECT_EQ(ended[1].events, 7U);

  clock.begin(Stage::kMap, kStart + seconds(10));
  clock.leave({.stage = Stage::kWrite}, 9.0);  // of more than the whole nothing is left
  const std::vector<StageClock::Taken> shorter = clock.end(kStart + seconds(11));
  EXPECT_EQ(shorter[0].seconds, 1.0);
  EXPECT_EQ(shorter[1].seconds, 0.0);
}

}  // namespace
}  // namespace gateless
