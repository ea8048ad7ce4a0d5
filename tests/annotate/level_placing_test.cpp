// Where levels are looked for first.
#include "host/annotate/level_placing.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gateless {
namespace {

MarkerDesign two_levels() {
  MarkerDesign marker;
  marker.levels = {"-", "+"};
  marker.lowest_is_negative = true;
  return marker;
}

/// Negative events with a long tail, in which 5 % positive ones make no mode of their own.
ParentDensity with_a_tail() {
  ParentDensity density;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const auto x = static_cast<double>(bin);
    const double positive = std::exp(-0.5 * std::pow((x - 180.0) / 25.0, 2)) / 25.0 / 2.5;
    density.events[bin] =
        9500.0 * (x < 60.0 ? 0.0 : std::exp(-(x - 60.0) / 35.0) / 35.0) + 500.0 * positive;
  }
  return density;
}

TEST(LevelPlacing, ATailHidesWhatTheMeansOfNodesShow) {
  ParentDensity density = with_a_tail();
  ASSERT_EQ(find_modes(density.events).size(), 1U);
  density.node_means[85] = 9500.0;
  density.node_means[180] = 500.0;
  const PoolModes pool{.own = find_modes(density.events)};
  const std::vector<PlacedLevel> placed = place_levels(two_levels(), density, pool, 30.0);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_NEAR(placed[1].mean, 180.0, 5.0);
  // They are set apart: positive does not sink into the tail of negative.
  EXPECT_GT(placed[0].gap, 100.0);
  EXPECT_EQ(placed[0].gap, placed[1].gap);
}

TEST(LevelPlacing, AModeWithinTheSpreadOfNegativeCellsIsNegative) {
  // CD16 of monocytes: more than that of T cells (40, the lowest mode of the pool), less than positive ones have.
  ParentDensity density;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    density.events[bin] =
        1000.0 * std::exp(-0.5 * std::pow((static_cast<double>(bin) - 80.0) / 12.0, 2));
  }
  PoolModes pool{.own = {{40.0, 5.0, 0.8}, {180.0, 10.0, 0.2}}};
  // Told before, where all cells were divided: no more than 50 is negative, or no more than 90.
  pool.told_negative = {40.0, 5.0, 0.8};
  EXPECT_NEAR(place_levels(two_levels(), density, pool, 30.0)[0].mean, 40.0, 2.0);
  EXPECT_NEAR(place_levels(two_levels(), density, pool, 30.0)[1].mean, 80.0, 2.0);
  pool.told_negative = {50.0, 20.0, 0.8};
  EXPECT_NEAR(place_levels(two_levels(), density, pool, 30.0)[0].mean, 80.0, 2.0);
  EXPECT_NEAR(place_levels(two_levels(), density, pool, 30.0)[1].mean, 180.0, 2.0);
}

TEST(LevelPlacing, WithoutThemPositiveIsAGuess) {
  const ParentDensity density = with_a_tail();
  const PoolModes pool{.own = find_modes(density.events)};
  const std::vector<PlacedLevel> placed = place_levels(two_levels(), density, pool, 30.0);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[1].gap, 0.0);
  EXPECT_FALSE(placed[1].is_seen);
}

}  // namespace
}  // namespace gateless
