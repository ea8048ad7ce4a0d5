// Every statistic of one table at a time against R (r_tables.R makes the numbers), to 1e-6 of their size or better.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/statistics/correlation.hpp"
#include "host/statistics/intervals.hpp"
#include "host/statistics/tests.hpp"

namespace gateless::statistics {
namespace {

struct ProportionCase {
  double successes, trials, level;
  Interval wilson, clopper_pearson;
};
struct PairedCase {
  std::vector<double> differences;
  double level, rank_sum, p, estimate;
  Interval interval;
};
struct TwoGroupsCase {
  std::vector<double> first, second;
  double u, p, estimate;
};
struct StrataCase {
  std::vector<Stratum> strata;
  double p;
};
struct RankCase {
  std::vector<double> x, y;
  double rho, p;
};
struct FamilyCase {
  std::vector<double> p, q;
};

#include "tests/statistics/r_tables.inc"

void expect_same(double ours, double of_r) {
  EXPECT_NEAR(ours, of_r, 1e-6 * std::max(1e-3, std::abs(of_r)));
}

TEST(RTables, Proportions) {
  for (const ProportionCase& each : kProportions) {
    const Interval score = wilson(each.successes, each.trials, each.level);
    const Interval exact = clopper_pearson(each.successes, each.trials, each.level);
    expect_same(score.low, each.wilson.low);
    expect_same(score.high, each.wilson.high);
    expect_same(exact.low, each.clopper_pearson.low);
    expect_same(exact.high, each.clopper_pearson.high);
  }
}

TEST(RTables, PairedDifferences) {
  for (const PairedCase& each : kPaired) {
    const SignedRankTest test = signed_rank_test(each.differences);
    const Shift shift = hodges_lehmann(each.differences, each.level);
    EXPECT_EQ(test.rank_sum, each.rank_sum);
    expect_same(test.p.value(), each.p);
    expect_same(shift.estimate.value(), each.estimate);
    expect_same(shift.interval.value().low, each.interval.low);
    expect_same(shift.interval.value().high, each.interval.high);
  }
}

TEST(RTables, TwoGroups) {
  for (const TwoGroupsCase& each : kTwoGroups) {
    const RankSumTest test = rank_sum_test(each.first, each.second);
    EXPECT_EQ(test.u, each.u);
    expect_same(test.p.value(), each.p);
    expect_same(shift_between(each.first, each.second).value(), each.estimate);
  }
}

TEST(RTables, GroupsWithinStrata) {
  for (const StrataCase& each : kStrata) expect_same(rank_sum_test(each.strata).p.value(), each.p);
}

TEST(RTables, RankCorrelations) {
  for (const RankCase& each : kRanks) {
    const RankCorrelation correlation = spearman(each.x, each.y);
    expect_same(correlation.rho.value(), each.rho);
    expect_same(correlation.p.value(), each.p);
  }
}

TEST(RTables, FalseDiscoveryRates) {
  for (const FamilyCase& each : kFamilies) {
    const std::vector<Number> p(each.p.begin(), each.p.end());
    const std::vector<Number> q = benjamini_hochberg(p);
    ASSERT_EQ(q.size(), each.q.size());
    for (std::size_t i = 0; i < q.size(); ++i) expect_same(q[i].value(), each.q[i]);
  }
}

}  // namespace
}  // namespace gateless::statistics
