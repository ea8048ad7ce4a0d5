// Where the border lies between two modes of a density.
#include <gtest/gtest.h>

#include <cmath>

#include "host/annotate/level_placing.hpp"
#include "tests/annotate/made_density.hpp"

namespace gateless::annotate {
namespace {

ParentDensity with_events(const BinCounts& counts) {
  ParentDensity density;
  density.events = counts;
  return density;
}

double border_of(const BinCounts& counts) {
  const std::vector<Mode> modes = find_modes(counts);
  return modes.size() < 2 ? -1.0
                          : border_between(with_events(counts), modes.front(), modes.back()).at;
}

TEST(Border, LiesWhereTheFlanksMeet) {
  EXPECT_NEAR(border_of(density_of({{80.0, 12.0, 1e5}, {176.0, 12.0, 1e5}})), 128.0, 4.0);
  EXPECT_NEAR(border_of(density_of({{80.0, 20.0, 1e5}, {200.0, 10.0, 1e5}})), 160.0, 8.0);
}

// Central memory cells have less CCR7 than naive ones, and run down to the negative ones: dim, but positive.
TEST(Border, LiesAtTheEdgeOfTheNegativeWhereCellsLieBetween) {
  const double at =
      border_of(density_of({{80.0, 12.0, 1e5}, {205.0, 9.0, 1e5}, {150.0, 20.0, 2e4}}));
  EXPECT_GT(at, 95.0);
  EXPECT_LT(at, 112.0);
}

// Negative ones with a long tail above, so that a third of them lie below their top: the same edge, or the valley where it ends.
TEST(Border, LiesAtTheEdgeOfSkewedNegativeCells) {
  const BinCounts counts =
      density_of({{80.0, 12.0, 1e5}, {100.0, 18.0, 9e4}, {172.0, 18.0, 6e4}, {205.0, 9.0, 2e5}});
  double below = 0.0, all = 0.0;
  for (std::size_t bin = 0; bin < 136; ++bin) (bin < 82 ? below : all) += counts[bin];
  ASSERT_LT(below, 0.4 * (below + all));
  const double at = border_of(counts);
  EXPECT_GT(at, 100.0);
  EXPECT_LT(at, 140.0);
}

// The zeros of mass cytometry have no lower flank.
TEST(Border, IsNotDrawnBesideZeros) {
  BinCounts counts = density_of({{180.0, 12.0, 1e5}});
  for (std::size_t bin = 40; bin < 60; ++bin)
    counts[bin] += 2e4 * std::exp(-3.0 * static_cast<double>(bin - 40));
  const std::vector<Mode> modes = find_modes(counts);
  ASSERT_EQ(modes.size(), 2U);
  EXPECT_EQ(border_between(with_events(counts), modes[0], modes[1]).sd, 0.0);
}

// CCR7: whatever the density between looks like, dim cells are positive.
TEST(Border, OfAGradedMarkerLiesAtTheEdgeOfTheNegative) {
  const ParentDensity density =
      with_events(density_of({{80.0, 14.0, 1e5}, {190.0, 12.0, 1e5}, {130.0, 14.0, 1e3}}));
  const std::vector<Mode> modes = find_modes(density.events);
  ASSERT_EQ(modes.size(), 2U);
  const double plain = border_between(density, modes[0], modes[1]).at;
  const double graded = border_between(density, modes[0], modes[1], true).at;
  EXPECT_NEAR(plain, 137.0, 6.0);
  EXPECT_LT(graded, plain - 8.0);
}

// CD8 of T cells at a poor separation: those with CD4 show how far negative cells reach, without the dim ones above them.
TEST(Border, LiesNearerToNegativeCellsThatAStratumShowsToBeNarrow) {
  ParentDensity density =
      with_events(density_of({{80.0, 14.0, 1e5}, {104.0, 16.0, 6e4}, {190.0, 22.0, 1.5e5}}));
  const std::vector<Mode> modes = find_modes(density.events);
  ASSERT_EQ(modes.size(), 2U);
  const double without = border_between(density, modes[0], modes[1]).at;
  const BinCounts negative = density_of({{modes[0].position, 12.0, 2e4}});
  const BinCounts both = density_of({{modes[0].position, 12.0, 2e4}, {190.0, 22.0, 2e3}});
  density.strata = {both};  // holds more than negative cells: says nothing
  EXPECT_EQ(border_between(density, modes[0], modes[1]).at, without);
  density.strata = {both, negative};
  EXPECT_LT(border_between(density, modes[0], modes[1]).at, without - 3.0);
}

}  // namespace
}  // namespace gateless::annotate
