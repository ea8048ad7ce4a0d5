// Where negative cells end: shown by a stratum that holds nothing else, or by their lower flank; and what lies beyond the range.
#include <gtest/gtest.h>

#include <cmath>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/pool_modes.hpp"
#include "tests/annotate/made_density.hpp"

namespace gateless::annotate {
namespace {

constexpr MarkerRange kRange{-2.0, 6.5};

Transform arcsinh() {
  Transform transform;
  transform.kind = TransformKind::kArcsinh;
  transform.cofactor = 150.0;
  return transform;
}

/// A normal density of linear intensities, seen on the transformed scale.
void add_linear(BinCounts& counts, double mean, double sd, double events) {
  const std::vector<double> linear = linear_bins(arcsinh(), kRange);
  for (std::size_t bin = 1; bin + 1 < kBins; ++bin) {
    const double width = 0.5 * (linear[bin + 1] - linear[bin - 1]);
    const double z = (linear[bin] - mean) / sd;
    counts[bin] += events * 0.3989 / sd * width * std::exp(-0.5 * z * z);
  }
}

double bin_of(double intensity) {
  return (std::asinh(intensity / 150.0) - kRange.low) / (kRange.high - kRange.low) * 256.0;
}

MarkerDesign with_border() {
  MarkerDesign marker;
  marker.levels = {"-", "+"};
  marker.has_border = true;
  marker.must_stand_out = true;  // no crossing of strata
  return marker;
}

TEST(NegativeEnds, BinsKnowTheirIntensity) {
  const std::vector<double> linear = linear_bins(arcsinh(), kRange);
  ASSERT_EQ(linear.size(), kBins);
  for (const double intensity : {-300.0, 10.0, 4000.0}) {
    const auto bin = static_cast<std::size_t>(bin_of(intensity));
    EXPECT_NEAR(std::asinh(linear[bin] / 150.0), std::asinh(intensity / 150.0), 8.5 / 256.0);
  }
}

// CD27 of B cells of which half are memory cells: one broad mode. Negative cells are as many and as wide whatever lies above.
TEST(NegativeEnds, AreAsFarAboveTheTopAsTheLowestLieBelow) {
  const std::vector<double> linear = linear_bins(arcsinh(), kRange);
  BinCounts counts{};
  add_linear(counts, 250.0, 120.0, 3000.0);
  const Mode alone = find_tops(counts).front();
  EXPECT_FALSE(end_by_lower_flank(counts, alone, linear));  // nothing hides in its upper flank
  add_linear(counts, 650.0, 250.0, 3000.0);
  ASSERT_EQ(find_tops(counts).size(), 1U);
  const Mode broad = find_tops(counts).front();
  const auto end = end_by_lower_flank(counts, broad, linear);
  ASSERT_TRUE(end);
  EXPECT_NEAR(*end, bin_of(250.0 + 2.33 * 120.0), 12.0);
  EXPECT_FALSE(end_by_lower_flank(counts, broad, {}));
}

// On a scale whose linear part is far too wide all negative cells lie in two bins, and the kernel is what looks like a flank.
TEST(NegativeEnds, AreNotReadOffASpike) {
  const std::vector<double> linear = linear_bins(arcsinh(), kRange);
  BinCounts counts{};
  counts[100] = counts[101] = 2000.0;
  for (std::size_t bin = 102; bin < 110; ++bin) counts[bin] = 30.0;
  const Mode spike = find_tops(counts).front();
  EXPECT_LT(spike.right, kOwnFlank);
  EXPECT_FALSE(end_by_lower_flank(counts, spike, linear));
}

// A stratum of CD27 shows its positive cells as a narrow top far above; that with the most IgD holds naive cells alone.
TEST(NegativeEnds, AreSeenInAStratumThatHoldsNothingElse) {
  ParentDensity density;
  density.events = density_of({{100.0, 20.0, 8e3}, {150.0, 25.0, 1200.0}});
  ASSERT_EQ(find_modes(density.events).size(), 1U);
  const BinCounts least = density_of({{105.0, 18.0, 400.0}, {180.0, 11.0, 200.0}});
  const BinCounts most = density_of({{100.0, 15.0, 600.0}});
  density.strata = {least, least, least, least, least, least};
  const PoolModes pool{.own = find_modes(density.events)};
  const double without = place_levels(with_border(), density, pool, 30.0).front().border.at;
  density.strata = {least, most, least, most, least, most};
  const std::vector<PlacedLevel> placed = place_levels(with_border(), density, pool, 30.0);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_NEAR(placed.front().border.at, 100.0 + 2.33 * 15.0, 2.0);
  EXPECT_NEAR(placed.back().mean, 180.0, 3.0);
  EXPECT_NE(without, placed.front().border.at);
  const Mode lower{100.0, 20.0, 1.0, 20.0, 20.0}, upper{180.0, 11.0, 1.0, 11.0, 11.0};
  EXPECT_FALSE(end_in_stratum({least}, lower, upper));
}

// IgD of a file with few naive B cells: values beyond the range of the pool lie at its end and are no population.
TEST(NegativeEnds, ValuesBeyondTheRangeMakeNoMode) {
  BinCounts counts = density_of({{100.0, 15.0, 1e3}, {190.0, 15.0, 800.0}});
  counts[kBins - 1] += 60.0;
  counts[0] += 60.0;
  EXPECT_EQ(find_modes(counts).size(), 2U);
  EXPECT_EQ(find_tops(counts).size(), 2U);
  // Among bright cells they are the brightest.
  const std::vector<Mode> tops = find_tops(counts, true);
  ASSERT_EQ(tops.size(), 4U);
  EXPECT_EQ(tops.back().position, 255.0);
  // Where they are all that there is, they are seen.
  BinCounts only{};
  only[kBins - 1] = 500.0;
  ASSERT_EQ(find_modes(only).size(), 1U);
}

// B cells after depletion: 150 among 50,000 cells.
TEST(RareMode, IsOfFewCellsFarApart) {
  const Mode only{90.0, 20.0, 1.0};
  constexpr double kPerUnit = 0.3989;  // events of a density of height 1 / sd
  const auto with_few = [&](double at, double sd, double events) {
    return density_of({{90.0, 20.0, 50000.0 * kPerUnit}, {at, sd, events * kPerUnit}});
  };
  ASSERT_EQ(find_modes(with_few(225.0, 12.0, 150.0)).size(), 1U);
  const auto rare = find_rare_mode(with_few(225.0, 12.0, 150.0), only);
  ASSERT_TRUE(rare);
  EXPECT_NEAR(rare->position, 225.0, 2.0);
  EXPECT_NEAR(rare->mass, 0.003, 0.0003);
  EXPECT_FALSE(find_rare_mode(with_few(225.0, 12.0, 40.0), only));   // too few
  EXPECT_FALSE(find_rare_mode(with_few(165.0, 12.0, 150.0), only));  // too near
  EXPECT_FALSE(find_rare_mode(with_few(225.0, 2.0, 150.0), only));   // a spike
}

}  // namespace
}  // namespace gateless::annotate
