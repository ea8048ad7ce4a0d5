// Modes and valleys of made-up distributions.
#include "host/preprocess/density.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/preprocess/outliers.hpp"
#include "tests/preprocess/made_events.hpp"

namespace gateless::preprocess {
namespace {

/// `first` values of N(0, 1) and `second` of N(6, 1).
std::vector<float> two_normals(std::size_t first, std::size_t second, std::uint64_t stream) {
  Normals normal(stream);
  std::vector<float> values;
  for (std::size_t i = 0; i < first + second; ++i) {
    values.push_back(static_cast<float>(normal() + (i < first ? 0.0 : 6.0)));
  }
  return values;
}

TEST(Density, FindsTwoPeaksAndTheValleyBetweenThem) {
  const Density density = estimate_density(two_normals(20'000, 10'000, 1));
  const std::vector<Peak> peaks = find_peaks(density, 0.75);
  ASSERT_EQ(peaks.size(), 2U);
  EXPECT_NEAR(density.centre(peaks[0].bin), 0.0, 0.25);
  EXPECT_NEAR(density.centre(peaks[1].bin), 6.0, 0.25);
  EXPECT_NEAR(density.centre(peaks[1].valley_before), 3.1, 0.4);
}

TEST(Density, SeesNoPeaksInNoise) {
  for (std::uint64_t stream = 1; stream <= 20; ++stream) {
    EXPECT_EQ(find_peaks(estimate_density(two_normals(500, 0, stream)), 0.75).size(), 1U) << stream;
    EXPECT_EQ(find_peaks(estimate_density(two_normals(20'000, 0, stream)), 0.75).size(), 1U)
        << stream;
  }
}

TEST(Density, SpreadOfTheModeIgnoresASmallSecondPeak) {
  const DensityMode mode = main_mode(estimate_density(two_normals(30'000, 3000, 2)));
  EXPECT_NEAR(mode.centre, 0.0, 0.2);
  EXPECT_NEAR(mode.spread_below, 1.0, 0.1);
  EXPECT_NEAR(mode.spread_above, 1.0, 0.1);
}

TEST(Density, OfTooFewOrEqualValuesIsEmpty) {
  EXPECT_TRUE(estimate_density(two_normals(99, 0, 3)).height.empty());
  EXPECT_TRUE(estimate_density(std::vector<float>(1000, 5.0F)).height.empty());
  EXPECT_TRUE(find_peaks(Density{}, 0.75).empty());
}

TEST(Fence, LiesInTheValleyOrFourSpreadsOut) {
  const auto between = upper_fence(two_normals(30'000, 3000, 4), 0.5);
  ASSERT_TRUE(between.has_value());
  EXPECT_GT(between->strong, 2.5);
  EXPECT_LT(between->strong, 4.5);
  const auto alone = upper_fence(two_normals(30'000, 0, 5), 0.5);
  ASSERT_TRUE(alone.has_value());
  EXPECT_NEAR(alone->strong, 4.0, 0.4);
  EXPECT_NEAR(alone->weak, 2.0, 0.3);
  EXPECT_NEAR(upper_fence(two_normals(30'000, 0, 5), 9.0)->strong, 9.0, 0.3);
}

TEST(Gather, WholeNumbersAreSpreadOverTheirUnit) {
  const std::vector<float> pushes(1000, 30.0F);
  std::vector<std::uint32_t> events(1000);
  for (std::uint32_t event = 0; event < 1000; ++event) events[event] = event;
  const std::vector<float> spread = gather_counts(pushes, events);
  const auto [least, largest] = std::minmax_element(spread.begin(), spread.end());
  EXPECT_NEAR(*least, std::asinh(29.5 / 5.0), 0.001);
  EXPECT_NEAR(*largest, std::asinh(30.5 / 5.0), 0.001);
}

}  // namespace
}  // namespace gateless::preprocess
