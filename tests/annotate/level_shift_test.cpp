// How far the levels of one marker move in one sample.
#include <gtest/gtest.h>

#include <vector>

#include "host/annotate/mixture_tables.hpp"

namespace gateless {
namespace {

// Two levels at 100 and 200 bins: `events` of each, whose mean lies `off` bins from its level.
LevelSums sums_of(const std::vector<double>& events, const std::vector<double>& off) {
  LevelSums sums;
  sums.events = events;
  sums.first = {events[0] * (100.0 + off[0]), events[1] * (200.0 + off[1])};
  sums.second = {0.0, 0.0};
  return sums;
}

std::vector<double> shift_of(const LevelSums& sums, bool is_rigid = false) {
  std::vector<double> shift{0.0, 0.0};
  update_shift(shift, sums, {100.0, 200.0}, is_rigid, 0.15);
  return shift;
}

TEST(LevelShift, FollowsItsOwnEventsWhereTheyAreMany) {
  const std::vector<double> shift = shift_of(sums_of({10000.0, 10000.0}, {8.0, 2.0}));
  EXPECT_NEAR(shift[0], 7.1, 0.1);
  EXPECT_NEAR(shift[1], 2.7, 0.1);
}

TEST(LevelShift, ARareLevelDoesNotWalkUpTheFlankOfADenseOne) {
  const std::vector<double> shift = shift_of(sums_of({200.0, 20000.0}, {25.0, 0.0}));
  EXPECT_LT(shift[0], 2.0);
  EXPECT_NEAR(shift[1], 0.0, 0.1);
}

TEST(LevelShift, ARareLevelGoesWithTheStainingThatTheDenseOneShows) {
  const std::vector<double> shift = shift_of(sums_of({10.0, 20000.0}, {0.0, -6.0}));
  EXPECT_NEAR(shift[0], -5.6, 0.2);
  EXPECT_NEAR(shift[1], -6.0, 0.1);
}

TEST(LevelShift, RigidLevelsMoveAsTheFirst) {
  const std::vector<double> shift = shift_of(sums_of({1800.0, 20000.0}, {4.0, -6.0}), true);
  EXPECT_NEAR(shift[0], 3.6, 0.01);
  EXPECT_EQ(shift[0], shift[1]);
}

TEST(LevelShift, NeverPassesThreeTenthsOfTheWayToTheNextLevel) {
  const std::vector<double> shift = shift_of(sums_of({1e6, 1.0}, {80.0, 0.0}));
  EXPECT_EQ(shift[0], 25.0);  // and 25 bins at most
}

}  // namespace
}  // namespace gateless
