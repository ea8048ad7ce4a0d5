// How far the levels of one marker move in one sample.
#include <gtest/gtest.h>

#include <vector>

#include "host/annotate/mixture_tables.hpp"

namespace gateless::annotate {
namespace {

// Two levels at 100 and 200 bins: `events` of each, whose mean lies `off` bins from its level.
LevelSums sums_of(const std::vector<double>& events, const std::vector<double>& off) {
  LevelSums sums;
  sums.events = events;
  sums.first = {events[0] * (100.0 + off[0]), events[1] * (200.0 + off[1])};
  sums.second = {0.0, 0.0};
  return sums;
}

std::vector<double> shift_of(const LevelSums& sums, ShiftKind kind) {
  std::vector<double> shift{0.0, 0.0};
  update_shift(shift, sums, {100.0, 200.0}, kind);
  return shift;
}

TEST(LevelShift, FollowsItsOwnEventsWhereTheyAreMany) {
  for (const ShiftKind kind : {ShiftKind::kFree, ShiftKind::kFollowing}) {
    const std::vector<double> shift = shift_of(sums_of({10000.0, 10000.0}, {8.0, 2.0}), kind);
    EXPECT_NEAR(shift[0], 7.84, 0.01);
    EXPECT_NEAR(shift[1], 1.96, 0.01);
  }
}

TEST(LevelShift, ARareLevelDoesNotWalkUpTheFlankOfADenseOne) {
  const LevelSums sums = sums_of({2000.0, 20000.0}, {25.0, -6.0});
  EXPECT_GT(shift_of(sums, ShiftKind::kFree)[0], 20.0);
  const std::vector<double> shift = shift_of(sums, ShiftKind::kFollowing);
  EXPECT_NEAR(shift[1], -5.9, 0.1);
  EXPECT_EQ(shift[0], shift[1]);
}

TEST(LevelShift, ThreeLevelsFollowTheDenserNeighbour) {
  LevelSums sums;
  sums.events = {100.0, 9000.0, 300.0};
  sums.first = {100.0 * 60.0, 9000.0 * 124.0, 300.0 * 190.0};
  std::vector<double> shift{0.0, 0.0, 0.0};
  update_shift(shift, sums, {50.0, 120.0, 200.0}, ShiftKind::kFollowing);
  EXPECT_NEAR(shift[1], 3.9, 0.1);
  EXPECT_EQ(shift[0], shift[1]);
  EXPECT_EQ(shift[2], shift[1]);
}

TEST(LevelShift, LevelsOfQuadrantsDrawEachOtherAlong) {
  const std::vector<double> shift =
      shift_of(sums_of({10.0, 20000.0}, {0.0, -6.0}), ShiftKind::kShared);
  EXPECT_NEAR(shift[0], -5.4, 0.1);
  EXPECT_NEAR(shift[1], -5.9, 0.1);
}

TEST(LevelShift, RigidLevelsMoveAsTheFirst) {
  const std::vector<double> shift =
      shift_of(sums_of({1800.0, 20000.0}, {4.0, -6.0}), ShiftKind::kRigid);
  EXPECT_NEAR(shift[0], 3.6, 0.01);
  EXPECT_EQ(shift[0], shift[1]);
}

TEST(LevelShift, NeverPassesTwentyFiveBins) {
  EXPECT_EQ(shift_of(sums_of({1e6, 1e6}, {80.0, 0.0}), ShiftKind::kFree)[0], 25.0);
}

}  // namespace
}  // namespace gateless::annotate
