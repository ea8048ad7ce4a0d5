// Rank tests and intervals against R 4.2 (the call stands beside each number), and against what must hold for any data.
#include "host/statistics/tests.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/distribution.hpp"
#include "host/statistics/correlation.hpp"
#include "host/statistics/intervals.hpp"
#include "host/statistics/ranks.hpp"

namespace gateless::statistics {
namespace {

constexpr double kNear = 1e-9;

TEST(Intervals, MatchR) {
  // prop.test(17, 230, correct = FALSE)$conf.int; prop.test(0, 40, correct = FALSE)$conf.int
  EXPECT_NEAR(wilson(17, 230).low, 0.0466567860514, kNear);
  EXPECT_NEAR(wilson(17, 230).high, 0.115168490833, kNear);
  EXPECT_NEAR(wilson(0, 40).low, 0.0, kNear);
  EXPECT_NEAR(wilson(0, 40).high, 0.0876216011973, kNear);
  // binom.test(17, 230)$conf.int; binom.test(0, 40)$conf.int; binom.test(40, 40)$conf.int
  EXPECT_NEAR(clopper_pearson(17, 230).low, 0.0436444562213, kNear);
  EXPECT_NEAR(clopper_pearson(17, 230).high, 0.115705715641, kNear);
  EXPECT_EQ(clopper_pearson(0, 40).low, 0.0);
  EXPECT_NEAR(clopper_pearson(0, 40).high, 0.0880973028788, kNear);
  EXPECT_NEAR(clopper_pearson(40, 40).low, 0.911902697121, kNear);
  EXPECT_EQ(clopper_pearson(40, 40).high, 1.0);
  EXPECT_NEAR(normal_quantile_of(0.95), 1.95996398454, kNear);
}

TEST(SignedRank, MatchesR) {
  // wilcox.test(x, conf.int = TRUE)
  const std::vector<double> x{-0.12, -0.31, 0.05, -0.22, -0.41, -0.08};
  const SignedRankTest test = signed_rank_test(x);
  EXPECT_EQ(test.rank_sum, 1.0);
  EXPECT_NEAR(*test.p, 0.0625, kNear);
  EXPECT_NEAR(*test.p_floor, 0.03125, kNear);
  EXPECT_NEAR(*hodges_lehmann(x).estimate, -0.18, kNear);
  EXPECT_NEAR(hodges_lehmann(x).interval->low, -0.41, kNear);
  EXPECT_NEAR(hodges_lehmann(x).interval->high, 0.05, kNear);
  const std::vector<double> eight{1.1, -2.3, 3.7, 4.2, -0.4, 5.9, 6.6, 2.8};
  EXPECT_EQ(signed_rank_test(eight).rank_sum, 32.0);
  EXPECT_NEAR(*signed_rank_test(eight).p, 0.0546875, kNear);
  EXPECT_NEAR(*hodges_lehmann(eight).estimate, 2.775, kNear);
  EXPECT_NEAR(hodges_lehmann(eight).interval->low, -0.4, kNear);
  EXPECT_NEAR(hodges_lehmann(eight).interval->high, 5.4, kNear);
}

TEST(SignedRank, IsExactWithTiesAndZeros) {
  // y <- x[x != 0]; r <- rank(abs(y)); g <- as.matrix(expand.grid(rep(list(0:1), length(y)))); s <- g %*% r
  // v <- sum(r[y > 0]); min(1, 2 * min(mean(s <= v), mean(s >= v)))
  const SignedRankTest test = signed_rank_test(std::vector<double>{1, 1, -2, 3, 3, 0, -1, 4});
  EXPECT_EQ(test.pairs, 7U);
  EXPECT_EQ(test.rank_sum, 22.0);
  EXPECT_NEAR(*test.p, 0.21875, kNear);
}

TEST(SignedRank, ApproximatesForManyPairs) {
  // xb <- sin((1:250) * 1.7) + 0.1; wilcox.test(xb, exact = FALSE)
  std::vector<double> x;
  for (int i = 1; i <= 250; ++i) x.push_back(std::sin(i * 1.7) + 0.1);
  const SignedRankTest test = signed_rank_test(x);
  EXPECT_FALSE(test.is_exact);
  EXPECT_EQ(test.rank_sum, 18721.0);
  EXPECT_NEAR(*test.p, 0.0080482424893, 1e-8);
}

TEST(SignedRank, ReachesItsFloorWhenAllPatientsAgree) {
  for (const std::size_t pairs : {3U, 5U, 6U, 8U}) {
    std::vector<double> x;
    for (std::size_t i = 0; i < pairs; ++i) x.push_back(-0.1 - 0.01 * static_cast<double>(i));
    EXPECT_NEAR(*signed_rank_test(x).p, *signed_rank_test(x).p_floor, kNear);
    EXPECT_EQ(hodges_lehmann(x).interval.has_value(), pairs >= 6);
  }
}

TEST(SignedRank, SaysNothingOfNothing) {
  EXPECT_FALSE(signed_rank_test({}).p);
  EXPECT_FALSE(signed_rank_test(std::vector<double>{0.0, 0.0}).p);
  EXPECT_FALSE(hodges_lehmann({}).estimate);
  EXPECT_EQ(hodges_lehmann(std::vector<double>{2.0}).estimate, 2.0);
}

TEST(RankSum, MatchesR) {
  // wilcox.test(a, b)
  const std::vector<double> a{1.2, 3.4, 2.2, 5.1, 0.4, 4.4}, b{6.1, 7.2, 3.9, 8.8, 5.5, 9.9};
  EXPECT_EQ(rank_sum_test(a, b).u, 2.0);
  EXPECT_NEAR(*rank_sum_test(a, b).p, 0.00865800865801, kNear);
  EXPECT_NEAR(*rank_sum_test(b, a).p, 0.00865800865801, kNear);
  EXPECT_NEAR(*rank_sum_test(a, b).p_floor, 2.0 / 924.0, kNear);
  // r <- rank(c(a, b)); s <- combn(9, 5, function(i) sum(r[i])); o <- sum(r[1:5])
  // min(1, 2 * min(mean(s <= o), mean(s >= o)))
  const std::vector<double> c{1, 2, 2, 3, 5}, d{2, 4, 4, 6};
  EXPECT_EQ(rank_sum_test(c, d).u, 5.0);
  EXPECT_NEAR(*rank_sum_test(c, d).p, 0.269841269841, kNear);
  // a <- round(sin(1:40) * 10); b <- round(cos(1:35) * 10) + 2; wilcox.test(a, b, exact = FALSE)
  std::vector<double> e, f;
  for (int i = 1; i <= 40; ++i) e.push_back(std::round(std::sin(i) * 10));
  for (int i = 1; i <= 35; ++i) f.push_back(std::round(std::cos(i) * 10) + 2);
  EXPECT_EQ(rank_sum_test(e, f).u, 618.5);
  EXPECT_NEAR(*rank_sum_test(e, f).p, 0.38884178239, kNear);
  EXPECT_FALSE(rank_sum_test(a, {}).p);
}

TEST(Spearman, MatchesR) {
  // cor.test(x, y, method = "spearman", exact = TRUE)
  const std::vector<double> x{8, 4, 10, 6, 12, 7}, y{0.3, 0.1, 0.5, 0.25, 0.2, 0.4};
  EXPECT_NEAR(*spearman(x, y).rho, 0.371428571429, kNear);
  EXPECT_NEAR(*spearman(x, y).p, 0.497222222222, kNear);
  // with a tie, over all permutations p of 1:6: mean(abs(cor(rx, ry[p])) >= abs(cor(rx, ry)) - 1e-12)
  const std::vector<double> ties{8, 4, 10, 6, 4, 7};
  EXPECT_NEAR(*spearman(ties, y).rho, 0.927633657044, kNear);
  EXPECT_NEAR(*spearman(ties, y).p, 0.0222222222222, kNear);
  // x <- sin(1:15); y <- cos((1:15) * 1.3) + 0.5 * x; cor.test(x, y, method = "spearman", exact = FALSE)
  std::vector<double> u, v;
  for (int i = 1; i <= 15; ++i) {
    u.push_back(std::sin(i));
    v.push_back(std::cos(i * 1.3) + 0.5 * u.back());
  }
  EXPECT_NEAR(*spearman(u, v).rho, 0.317857142857, kNear);
  EXPECT_NEAR(*spearman(u, v).p, 0.248290565817, kNear);
}

TEST(Spearman, SaysNothingOfTooLittle) {
  EXPECT_FALSE(spearman(std::vector<double>{1, 2}, std::vector<double>{1, 2}).rho);
  EXPECT_FALSE(spearman(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}).rho);
}

TEST(FalseDiscovery, MatchesR) {
  // p.adjust(c(0.01, 0.04, NA, 0.03, 0.005, 0.8), "BH")
  const std::vector<Number> q =
      benjamini_hochberg(std::vector<Number>{0.01, 0.04, std::nullopt, 0.03, 0.005, 0.8});
  const std::vector<Number> expected{0.025, 0.05, std::nullopt, 0.05, 0.025, 0.8};
  ASSERT_EQ(q.size(), expected.size());
  for (std::size_t i = 0; i < q.size(); ++i) {
    ASSERT_EQ(q[i].has_value(), expected[i].has_value());
    EXPECT_NEAR(q[i].value_or(-1.0), expected[i].value_or(-1.0), kNear);
  }
}

TEST(Ranks, SharePlaces) {
  EXPECT_EQ(mid_ranks(std::vector<double>{3, 1, 3, 2}), (std::vector<double>{3.5, 1, 3.5, 2}));
  EXPECT_EQ(median_of({3, 1, 2, 10}), 2.5);
  EXPECT_FALSE(median_of({}));
}

}  // namespace
}  // namespace gateless::statistics
