// Medians, quantiles and smoothed histograms, by hand.
#include "host/core/distribution.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace gateless {
namespace {

TEST(Distribution, MediansOfOddEvenAndNoValues) {
  EXPECT_EQ(median_of({5.0, 1.0, 3.0}), 3.0);
  EXPECT_EQ(median_of({7.0, 1.0, 3.0, 5.0}), 4.0);
  EXPECT_EQ(median_of({2.0}), 2.0);
  EXPECT_FALSE(median_of({}).has_value());
  std::vector<double> even{7.0, 1.0, 3.0, 5.0};
  EXPECT_EQ(upper_median(even), 5.0);
  std::vector<float> none;
  EXPECT_EQ(upper_median(none), 0.0F);
}

TEST(Distribution, QuantilesTakeTheRankBelow) {
  std::vector<float> values{9.0F, 1.0F, 5.0F, 3.0F, 7.0F};
  EXPECT_EQ(lower_quantile(values, 0.0), 1.0F);
  EXPECT_EQ(lower_quantile(values, 0.49), 3.0F);  // rank 1.96
  EXPECT_EQ(lower_quantile(values, 0.5), 5.0F);
  EXPECT_EQ(lower_quantile(values, 1.0), 9.0F);
  EXPECT_EQ(at_rank(values, 3), 7.0F);
  std::vector<float> none;
  EXPECT_EQ(lower_quantile(none, 0.5), 0.0F);
}

TEST(Distribution, MiddleAndSpreadAreThoseOfItsQuantiles) {
  for (const std::size_t count : {1U, 2U, 3U, 7U, 100U, 4999U}) {
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<float>(i * 7919 % count));
    std::vector<float> same = values;
    const auto [median, spread] = middle_and_spread(values);
    EXPECT_EQ(median, lower_quantile(same, 0.5)) << count;
    EXPECT_EQ(spread, (lower_quantile(same, 0.84) - lower_quantile(same, 0.16)) / 2.0F) << count;
  }
  std::vector<float> none;
  EXPECT_EQ(middle_and_spread(none).median, 0.0F);
}

TEST(Distribution, FindsEarlyRanksFromEitherEnd) {
  std::vector<float> values;
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::size_t number = i * 7919 % 5000 / 2;  // each twice
    values.push_back(static_cast<float>(number));
  }
  for (const std::size_t rank : {0U, 1U, 2U, 49U, 300U}) {
    std::vector<float> moved = values;
    EXPECT_EQ(at_early_rank(values, rank, std::less<>()), at_rank(moved, rank));
    EXPECT_EQ(at_early_rank(values, rank, std::greater<>()), at_rank(moved, 4999 - rank));
  }
  EXPECT_EQ(at_early_rank(std::vector<int>{3, 1, 2}, 1, std::less<>()), 2);
}

constexpr double kKernel[] = {1.0, 2.0, 1.0};

TEST(Distribution, SmoothsWithinAHistogram) {
  const std::vector<double> counts{0.0, 0.0, 8.0, 0.0, 0.0};
  const std::vector<double> expected{0.0, 2.0, 4.0, 2.0, 0.0};
  EXPECT_EQ(smoothed(counts, kKernel, Ends::kCut), expected);
  EXPECT_EQ(smoothed(counts, kKernel, Ends::kMirrored), expected);
}

TEST(Distribution, KeepsTheHeightAtAnEndThatCutsIt) {
  const std::vector<double> flat(4, 3.0);
  EXPECT_EQ(smoothed(flat, kKernel, Ends::kCut), flat);
  EXPECT_EQ(smoothed(flat, kKernel, Ends::kMirrored), flat);
  // Mirrored, the end's own bin is its neighbour: (12 + 2 x 12 + 0) / 4. Cut: (2 x 12 + 0) / 3.
  const std::vector<double> edge{12.0, 0.0, 0.0, 12.0};
  EXPECT_EQ(smoothed(edge, kKernel, Ends::kMirrored), (std::vector<double>{9.0, 3.0, 3.0, 9.0}));
  EXPECT_EQ(smoothed(edge, kKernel, Ends::kCut), (std::vector<double>{8.0, 3.0, 3.0, 8.0}));
}

TEST(Distribution, MirroredSmoothingLosesNoEvent) {
  const std::vector<double> counts{5.0, 1.0, 0.0, 2.0, 9.0, 4.0};
  const std::vector<double> smooth = smoothed(counts, kKernel, Ends::kMirrored);
  EXPECT_DOUBLE_EQ(std::accumulate(smooth.begin(), smooth.end(), 0.0), 21.0);
}

}  // namespace
}  // namespace gateless
