// Where levels are looked for first.
#include "host/annotate/level_placing.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/philox.hpp"
#include "tests/annotate/made_density.hpp"

namespace gateless::annotate {
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

/// 1,200 events of one mode (100, spread 12), and of those a share around 135.
BinCounts with_a_shoulder(std::uint64_t seed, double share) {
  const Philox random(seed, 3);
  BinCounts counts{};
  for (std::uint64_t event = 0; event < 1200; ++event) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform(3 * event)));
    const double normal = radius * std::cos(6.283185307179586 * random.uniform(3 * event + 1));
    const bool is_bright = random.uniform(3 * event + 2) < share;
    const double value = is_bright ? 135.0 + 8.0 * normal : 100.0 + 12.0 * normal;
    counts[static_cast<std::size_t>(std::lround(value))] += 1.0;
  }
  return counts;
}

TEST(LevelPlacing, OneDimModeIsOfTheLevelThatHoldsDimCells) {
  // CD38 and CD21 of B cells, one mode each; T cells have none (60). "-/low" of CD38 is the B cells' own mode, as it is dim;
  // that of CD21 lies below theirs, which is bright.
  const auto placed = [](double at) {
    ParentDensity density;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      density.events[bin] =
          1000.0 * std::exp(-0.5 * std::pow((static_cast<double>(bin) - at) / 14.0, 2));
    }
    MarkerDesign marker = two_levels();
    marker.levels.front() = "-/low";
    marker.is_of_overlay = true;
    PoolModes pool{.own = {{140.0, 23.0, 1.0}}};
    pool.negatives = pool.lowest_lineage = {60.0, 12.0, 1.0};
    return place_levels(marker, density, pool, 26.0);
  };
  EXPECT_NEAR(placed(128.0)[0].mean, 128.0, 2.0);
  EXPECT_GT(placed(128.0)[1].mean, 160.0);
  EXPECT_NEAR(placed(205.0)[0].mean, 60.0, 2.0);
  EXPECT_NEAR(placed(205.0)[1].mean, 205.0, 2.0);
}

TEST(LevelPlacing, WithinAPopulationTwoMarkersSayWhatNegativeCellsAreLike) {
  // IgD of B cells that were gated before, beside CD19 and CD27 alone: naive cells are the one mode.
  ParentDensity density;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    density.events[bin] =
        1000.0 * std::exp(-0.5 * std::pow((static_cast<double>(bin) - 150.0) / 20.0, 2));
  }
  MarkerDesign marker = two_levels();
  PoolModes pool{.own = {{150.0, 20.0, 1.0}}, .negatives = {60.0, 15.0, 2.0, 15.0, 15.0}};
  // Which population cells are of is another matter: three.
  EXPECT_NEAR(place_levels(marker, density, pool, 26.0)[0].mean, 150.0, 2.0);
  marker.has_border = true;
  const std::vector<PlacedLevel> placed = place_levels(marker, density, pool, 26.0);
  EXPECT_NEAR(placed[0].mean, 60.0, 2.0);
  EXPECT_NEAR(placed[1].mean, 150.0, 2.0);
  pool.negatives.mass = 0.0;  // nobody says
  EXPECT_NEAR(place_levels(marker, density, pool, 26.0)[0].mean, 150.0, 2.0);
}

TEST(LevelPlacing, OneModeThatMayBePositiveOrNegativeIsNotTold) {
  // IgD of gated B cells, 1.7 spreads above the negative cells of two other markers; 2.2: positive, 1.2: negative.
  ParentDensity density;
  density.events = density_of({{120.0, 15.0, 1e4}});
  MarkerDesign marker = two_levels();
  marker.has_border = true;
  const auto placed = [&](double spreads) {
    const PoolModes pool{.own = {{120.0, 15.0, 1.0}},
                         .negatives = {120.0 - 20.0 * spreads, 20.0, 2.0, 15.0, 15.0}};
    return place_levels(marker, density, pool, 26.0);
  };
  EXPECT_TRUE(placed(1.7).front().is_untold);
  EXPECT_FALSE(placed(2.2).front().is_untold);
  EXPECT_NEAR(placed(2.2)[1].mean, 120.0, 2.0);
  EXPECT_FALSE(placed(1.2).front().is_untold);
  EXPECT_NEAR(placed(1.2)[0].mean, 120.0, 2.0);
}

TEST(LevelPlacing, TheLastNegativeCellsDrawTheBorderWhereAStratumShowsATopAlone) {
  // CD27 of B cells: a flat shoulder above the negative ones, of which the cells without IgD show the far end alone.
  ParentDensity density;
  density.events =
      density_of({{80.0, 14.0, 1e5}, {125.0, 14.0, 2e3}, {150.0, 14.0, 2e3}, {175.0, 14.0, 2e3}});
  ASSERT_EQ(find_modes(density.events).size(), 1U);
  density.strata = {density_of({{180.0, 9.0, 1e4}})};
  MarkerDesign marker = two_levels();
  marker.has_border = true;
  PoolModes pool{.own = {{80.0, 14.0, 1.0}}};
  pool.told_negative = {80.0, 14.0, 1.0};
  std::vector<PlacedLevel> placed = place_levels(marker, density, pool, 26.0);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_NEAR(placed.front().border.at, 80.0 + 2.6 * 14.0, 5.0);
  // Where the two meet before, nothing is drawn.
  density.strata = {density_of({{130.0, 14.0, 1e4}})};
  placed = place_levels(marker, density, pool, 26.0);
  EXPECT_EQ(placed.front().border.sd, 0.0);
}

TEST(LevelPlacing, AGradedMarkerIsDividedWhereItsLineageIs) {
  // CCR7 of CD4 T cells: dim cells widen the negative mode, which all T cells show at its purest.
  ParentDensity density;
  density.events = density_of({{80.0, 14.0, 1e4}, {105.0, 16.0, 1e4}, {190.0, 14.0, 3e4}});
  MarkerDesign marker = two_levels();
  marker.has_border = true;
  ParentDensity lineage;
  lineage.events = density_of({{80.0, 12.0, 1e5}, {190.0, 14.0, 3e4}});
  PoolModes pool{.own = find_modes(density.events)};
  for (const bool is_graded : {false, true}) {
    marker.is_graded = is_graded;
    pool.of_lineage = place_by_valley(marker, lineage, pool);
    ASSERT_EQ(pool.of_lineage.size(), 2U);
    const double at = place_levels(marker, density, pool, 26.0).front().border.at;
    EXPECT_EQ(at == pool.of_lineage.front().border.at, is_graded);
  }
}

TEST(LevelPlacing, TheBorderOfBrightCellsHardlyMovesWithNoise) {
  double sum = 0.0, square = 0.0;
  constexpr int kDraws = 40;
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto found = main_mode(with_a_shoulder(static_cast<std::uint64_t>(draw) + 1, 0.05));
    ASSERT_TRUE(found);
    const Mode mode = *found;
    const double border = mode.position + 1.645 * mode.sd;
    sum += border;
    square += border * border;
  }
  const double mean = sum / kDraws;
  EXPECT_NEAR(mean, 100.0 + 1.645 * 12.0, 2.0);
  EXPECT_LT(std::sqrt(square / kDraws - mean * mean), 1.4);  // 2.1 by the width of the top alone
}

/// 1,000 events of one mode.
BinCounts one_mode(double at, double sd) {
  BinCounts counts{};
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double z = (static_cast<double>(bin) + 0.5 - at) / sd;
    counts[bin] = 1000.0 / sd * 0.3989 * std::exp(-0.5 * z * z);
  }
  return counts;
}

TEST(LevelPlacing, BesideABrightLevelOneModeThatIsNotNegativeIsThePositiveOne) {
  // IgM of naive B cells: one mode at 190, with transitional cells, which are bright, in a stratum. T cells have none (80).
  MarkerDesign marker;
  marker.levels = {"-/low", "+", "high"};
  marker.highest_is_bright = true;
  ParentDensity density;
  density.events = one_mode(190.0, 19.0);
  density.strata = {one_mode(227.0, 9.0), one_mode(189.0, 17.0)};
  PoolModes pool{.own = {{82.0, 14.0, 0.9}, {194.0, 18.0, 0.1}}};
  pool.told_negative = {98.0, 24.0, 1.0};
  pool.lowest_lineage = {80.0, 12.0, 1.0};
  std::vector<PlacedLevel> placed = place_levels(marker, density, pool, 30.0);
  ASSERT_EQ(placed.size(), 3U);
  EXPECT_LT(placed[0].mean, 130.0);
  EXPECT_NEAR(placed[1].mean, 190.0, 3.0);
  EXPECT_GT(placed[2].mean, 215.0);
  // The same where the bright cells make a mode of their own, and the negative ones none.
  const BinCounts bright = one_mode(245.0, 5.0);
  for (std::size_t bin = 0; bin < kBins; ++bin) density.events[bin] += 0.1 * bright[bin];
  density.strata.clear();
  placed = place_levels(marker, density, pool, 30.0);
  EXPECT_LT(placed[0].mean, 130.0);
  EXPECT_NEAR(placed[1].mean, 190.0, 3.0);
  EXPECT_NEAR(placed[2].mean, 245.0, 3.0);
}

TEST(LevelPlacing, WithoutThemPositiveIsAGuess) {
  const ParentDensity density = with_a_tail();
  const PoolModes pool{.own = find_modes(density.events)};
  const std::vector<PlacedLevel> placed = place_levels(two_levels(), density, pool, 30.0);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[1].gap, 0.0);
  EXPECT_FALSE(placed[1].is_seen);
}

TEST(LevelPlacing, StrataThatMixTwoLevelsCrossWhereTheLevelsDo) {
  // CD45RO of CD4 T cells: naive ones at 100 and memory ones at 130, with spreads of 17, make one mode. Cells with little
  // CCR7 are memory cells, those with most of it are naive ones and some central memory cells.
  MarkerDesign marker;
  marker.levels = {"-", "+"};
  marker.has_border = true;
  ParentDensity density;
  density.events = density_of({{100.0, 17.0, 6e3}, {130.0, 17.0, 4e3}});
  ASSERT_EQ(find_modes(density.events).size(), 1U);
  const BinCounts little = density_of({{130.0, 17.0, 1e3}});
  const BinCounts most = density_of({{100.0, 17.0, 900.0}, {130.0, 17.0, 100.0}});
  density.strata = {little, most, little, most, little, most};
  ASSERT_EQ(density.strata.size(), kStrata);
  const std::vector<PlacedLevel> placed = place_levels(marker, density, {}, 30.0);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_NEAR(placed.front().border.at, 115.0, 1.0);
  // Where positive cells of two populations differ in their level, nothing crosses there.
  marker.is_graded = true;
  EXPECT_GT(std::abs(place_levels(marker, density, {}, 30.0).front().border.at - 115.0), 5.0);
}

}  // namespace
}  // namespace gateless::annotate
