#include "host/statistics/tests.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/binomial.hpp>
#include <cmath>
#include <numeric>

#include "host/core/distribution.hpp"
#include "host/statistics/ranks.hpp"

namespace gateless::statistics {
namespace {

constexpr std::size_t kMostExactPairs = 200;
constexpr std::size_t kMostExactValues = 60;

double normal_tail(double z) {
  return boost::math::cdf(boost::math::complement(boost::math::normal(), std::abs(z)));
}

/// Two-sided p of `observed` under probabilities of 0, 1, 2 ...: twice the smaller tail.
double two_sided(const std::vector<double>& probability, std::size_t observed) {
  double below = 0.0, above = 0.0;
  for (std::size_t value = 0; value < probability.size(); ++value) {
    if (value <= observed) below += probability[value];
    if (value >= observed) above += probability[value];
  }
  return std::min(1.0, 2.0 * std::min(below, above));
}

/// The distribution of the sum of those doubled ranks whose sign is positive, each with probability a half.
std::vector<double> signed_sums(const std::vector<std::size_t>& ranks) {
  const std::size_t total = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<double> probability(total + 1, 0.0);
  probability[0] = 1.0;
  for (const std::size_t rank : ranks) {
    for (std::size_t sum = total + 1; sum-- > 0;) {
      probability[sum] = 0.5 * (probability[sum] + (sum >= rank ? probability[sum - rank] : 0.0));
    }
  }
  return probability;
}

/// The distribution of the sum of `chosen` of these doubled ranks, every choice as likely.
std::vector<double> chosen_sums(const std::vector<std::size_t>& ranks, std::size_t chosen) {
  const std::size_t total = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(total + 1, 0.0));
  ways[0][0] = 1.0;
  for (const std::size_t rank : ranks) {
    for (std::size_t count = chosen; count > 0; --count) {
      for (std::size_t sum = rank; sum <= total; ++sum)
        ways[count][sum] += ways[count - 1][sum - rank];
    }
  }
  const double all = std::accumulate(ways[chosen].begin(), ways[chosen].end(), 0.0);
  for (double& way : ways[chosen]) way /= all;
  return std::move(ways[chosen]);
}

/// The two-sided p of the normal approximation, with continuity correction as in R's wilcox.test.
double corrected_p(double deviation, double variance) {
  if (variance <= 0.0) return 1.0;
  const double corrected = std::max(0.0, std::abs(deviation) - 0.5) / std::sqrt(variance);
  return std::min(1.0, 2.0 * normal_tail(corrected));
}

/// The distribution of the sum of two independent sums.
std::vector<double> sum_of(const std::vector<double>& one, const std::vector<double>& other) {
  std::vector<double> both(one.size() + other.size() - 1, 0.0);
  for (std::size_t i = 0; i < one.size(); ++i) {
    for (std::size_t j = 0; j < other.size(); ++j) both[i + j] += one[i] * other[j];
  }
  return both;
}

/// The rank sum of a stratum's first group, and its moments where no group is larger.
struct RankSum {
  std::vector<std::size_t> ranks;  ///< doubled, [values]
  std::size_t doubled_sum = 0;
  double u = 0.0, deviation = 0.0, variance = 0.0;
};

RankSum rank_sum_of(const Stratum& stratum) {
  std::vector<double> values = stratum.first;
  values.insert(values.end(), stratum.second.begin(), stratum.second.end());
  const double m = static_cast<double>(stratum.first.size()),
               n = static_cast<double>(stratum.second.size()), all = m + n;
  RankSum sum;
  sum.ranks = doubled(mid_ranks(values));
  sum.doubled_sum = std::accumulate(
      sum.ranks.begin(), sum.ranks.begin() + static_cast<std::ptrdiff_t>(stratum.first.size()),
      std::size_t{0});
  sum.u = 0.5 * static_cast<double>(sum.doubled_sum) - m * (m + 1.0) / 2.0;
  sum.deviation = sum.u - m * n / 2.0;
  sum.variance = m * n / 12.0 * (all + 1.0 - tie_term(values) / (all * (all - 1.0)));
  return sum;
}

/// R's qsignrank for untied ranks: the smallest sum whose cumulative probability reaches `tail`.
std::size_t signed_rank_quantile(std::size_t pairs, double tail) {
  std::vector<std::size_t> ranks(pairs);
  std::iota(ranks.begin(), ranks.end(), std::size_t{1});
  const std::vector<double> probability = signed_sums(ranks);
  double below = 0.0;
  for (std::size_t sum = 0; sum < probability.size(); ++sum) {
    below += probability[sum];
    if (below >= tail) return sum;
  }
  return probability.size() - 1;
}

/// The same for many pairs, from the normal approximation.
std::size_t approximate_quantile(std::size_t pairs, double level) {
  const double n = static_cast<double>(pairs);
  const double sd = std::sqrt(n * (n + 1.0) * (2.0 * n + 1.0) / 24.0);
  return static_cast<std::size_t>(
      std::max(0.0, std::floor(n * (n + 1.0) / 4.0 - normal_quantile_of(level) * sd)));
}

}  // namespace

SignedRankTest signed_rank_test(std::span<const double> differences) {
  std::vector<double> kept, sizes;
  for (const double difference : differences) {
    if (difference == 0.0) continue;
    kept.push_back(difference);
    sizes.push_back(std::abs(difference));
  }
  SignedRankTest test{.pairs = kept.size(), .rank_sum = 0.0, .p = {}, .p_floor = {}};
  if (kept.empty()) return test;
  const std::vector<double> ranks = mid_ranks(sizes);
  for (std::size_t i = 0; i < kept.size(); ++i) test.rank_sum += kept[i] > 0.0 ? ranks[i] : 0.0;
  const double n = static_cast<double>(kept.size());
  test.p_floor = std::min(1.0, 2.0 * std::exp2(-n));
  test.is_exact = kept.size() <= kMostExactPairs;
  if (test.is_exact) {
    test.p = two_sided(signed_sums(doubled(ranks)),
                       static_cast<std::size_t>(std::lround(2.0 * test.rank_sum)));
  } else {
    const double variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - tie_term(sizes) / 48.0;
    test.p = corrected_p(test.rank_sum - n * (n + 1.0) / 4.0, variance);
  }
  return test;
}

Shift hodges_lehmann(std::span<const double> differences, double level) {
  std::vector<double> averages;
  averages.reserve(differences.size() * (differences.size() + 1) / 2);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t j = i; j < differences.size(); ++j)
      averages.push_back(0.5 * (differences[i] + differences[j]));
  }
  std::sort(averages.begin(), averages.end());
  Shift shift{.estimate = median_of(averages), .interval = {}};
  const std::size_t pairs = differences.size();
  if (pairs == 0) return shift;
  const std::size_t rank = pairs <= kMostExactPairs
                               ? signed_rank_quantile(pairs, (1.0 - level) / 2.0)
                               : approximate_quantile(pairs, level);
  if (rank == 0) return shift;
  shift.interval = Interval{.low = averages[rank - 1], .high = averages[averages.size() - rank]};
  return shift;
}

RankSumTest rank_sum_test(std::span<const Stratum> strata) {
  RankSumTest test;
  std::vector<double> probability{1.0};  // of doubled rank sums
  std::size_t observed = 0, values = 0;
  double ways = 1.0, deviation = 0.0, variance = 0.0;
  for (const Stratum& stratum : strata) {
    if (stratum.first.empty() || stratum.second.empty()) continue;
    const RankSum sum = rank_sum_of(stratum);
    test.u += sum.u;
    values += sum.ranks.size();
    observed += sum.doubled_sum;
    ways *= boost::math::binomial_coefficient<double>(static_cast<unsigned>(sum.ranks.size()),
                                                      static_cast<unsigned>(stratum.first.size()));
    deviation += sum.deviation;
    variance += sum.variance;
    if (values <= kMostExactValues)
      probability = sum_of(probability, chosen_sums(sum.ranks, stratum.first.size()));
  }
  if (values == 0) return test;
  test.is_exact = values <= kMostExactValues;
  test.p = test.is_exact ? two_sided(probability, observed) : corrected_p(deviation, variance);
  if (test.is_exact) test.p_floor = std::min(1.0, 2.0 / ways);
  return test;
}

RankSumTest rank_sum_test(std::span<const double> first, std::span<const double> second) {
  const Stratum all{.first = {first.begin(), first.end()},
                    .second = {second.begin(), second.end()}};
  return rank_sum_test(std::span(&all, 1));
}

Number shift_between(std::span<const double> first, std::span<const double> second) {
  std::vector<double> differences;
  differences.reserve(first.size() * second.size());
  for (const double one : first) {
    for (const double other : second) differences.push_back(one - other);
  }
  return median_of(std::move(differences));
}

std::vector<Number> benjamini_hochberg(std::span<const Number> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i]) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return *p[a] < *p[b]; });
  std::vector<Number> q(p.size());
  double smallest = 1.0;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t index = order[rank - 1];
    smallest = std::min(smallest,
                        *p[index] * static_cast<double>(order.size()) / static_cast<double>(rank));
    q[index] = smallest;
  }
  return q;
}

}  // namespace gateless::statistics
