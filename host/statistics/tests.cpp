#include "host/statistics/tests.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/binomial.hpp>
#include <cassert>
#include <cmath>
#include <numeric>

namespace gateless {
namespace {

constexpr std::size_t kMostExactPairs = 200;
constexpr std::size_t kMostExactValues = 60;
constexpr std::size_t kMostPermutedPairs = 9;

double normal_tail(double z) {
  return boost::math::cdf(boost::math::complement(boost::math::normal(), std::abs(z)));
}

/// Mid-ranks are halves at most: doubled they are whole.
std::vector<std::size_t> doubled(const std::vector<double>& ranks) {
  std::vector<std::size_t> whole(ranks.size());
  std::transform(ranks.begin(), ranks.end(), whole.begin(),
                 [](double rank) { return static_cast<std::size_t>(std::lround(2.0 * rank)); });
  return whole;
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

/// Sum over groups of ties of t^3 - t.
double tie_term(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double sum = 0.0;
  for (std::size_t first = 0; first < values.size();) {
    std::size_t end = first;
    while (end < values.size() && values[end] == values[first]) ++end;
    const double ties = static_cast<double>(end - first);
    sum += ties * ties * ties - ties;
    first = end;
  }
  return sum;
}

/// The two-sided p of the normal approximation, with continuity correction as in R's wilcox.test.
double corrected_p(double deviation, double variance) {
  if (variance <= 0.0) return 1.0;
  const double corrected = std::max(0.0, std::abs(deviation) - 0.5) / std::sqrt(variance);
  return std::min(1.0, 2.0 * normal_tail(corrected));
}

/// Pearson's correlation; empty for a constant.
Number correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double count = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
  double xx = 0.0, yy = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (xx <= 0.0 || yy <= 0.0) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

/// The share of all orders of `y` whose sum of products with `x` lies as far from its mean. Doubled ranks keep it whole.
double permutation_p(const std::vector<double>& x, const std::vector<double>& y) {
  const std::vector<std::size_t> first = doubled(x), second = doubled(y);
  const auto count = static_cast<std::int64_t>(first.size());
  const std::int64_t mean =
      static_cast<std::int64_t>(std::accumulate(first.begin(), first.end(), std::size_t{0})) *
      static_cast<std::int64_t>(std::accumulate(second.begin(), second.end(), std::size_t{0}));
  std::vector<std::size_t> order(first.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto distance = [&] {
    std::size_t products = 0;
    for (std::size_t i = 0; i < order.size(); ++i) products += first[i] * second[order[i]];
    return std::abs(count * static_cast<std::int64_t>(products) - mean);
  };
  const std::int64_t observed = distance();
  std::size_t orders = 0, as_far = 0;
  do {
    ++orders;
    if (distance() >= observed) ++as_far;
  } while (std::next_permutation(order.begin(), order.end()));
  return static_cast<double>(as_far) / static_cast<double>(orders);
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

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i)
      ranks[order[i]] = 0.5 * static_cast<double>(first + 1 + end);
    first = end;
  }
  return ranks;
}

Number median_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

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

RankSumTest rank_sum_test(std::span<const double> first, std::span<const double> second) {
  RankSumTest test;
  if (first.empty() || second.empty()) return test;
  std::vector<double> values(first.begin(), first.end());
  values.insert(values.end(), second.begin(), second.end());
  const std::vector<double> ranks = mid_ranks(values);
  const double m = static_cast<double>(first.size()), n = static_cast<double>(second.size());
  const double rank_sum = std::accumulate(
      ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(first.size()), 0.0);
  test.u = rank_sum - m * (m + 1.0) / 2.0;
  test.is_exact = values.size() <= kMostExactValues;
  if (test.is_exact) {
    test.p = two_sided(chosen_sums(doubled(ranks), first.size()),
                       static_cast<std::size_t>(std::lround(2.0 * rank_sum)));
    const double ways = boost::math::binomial_coefficient<double>(
        static_cast<unsigned>(values.size()), static_cast<unsigned>(first.size()));
    test.p_floor = std::min(1.0, 2.0 / ways);
  } else {
    const double all = m + n;
    test.p = corrected_p(test.u - m * n / 2.0,
                         m * n / 12.0 * (all + 1.0 - tie_term(values) / (all * (all - 1.0))));
  }
  return test;
}

Number shift_between(std::span<const double> first, std::span<const double> second) {
  std::vector<double> differences;
  differences.reserve(first.size() * second.size());
  for (const double one : first) {
    for (const double other : second) differences.push_back(one - other);
  }
  return median_of(std::move(differences));
}

RankCorrelation spearman(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  RankCorrelation result;
  if (x.size() < 3) return result;
  const std::vector<double> ranks_x = mid_ranks(x), ranks_y = mid_ranks(y);
  result.rho = correlation(ranks_x, ranks_y);
  if (!result.rho) return result;
  if (x.size() <= kMostPermutedPairs) {
    result.p = permutation_p(ranks_x, ranks_y);
    return result;
  }
  const double freedom = static_cast<double>(x.size() - 2);
  const double rest = 1.0 - *result.rho * *result.rho;
  if (rest <= 0.0) {
    result.p = 0.0;
    return result;
  }
  const double t = std::abs(*result.rho) * std::sqrt(freedom / rest);
  result.p = 2.0 * boost::math::cdf(boost::math::complement(boost::math::students_t(freedom), t));
  return result;
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

}  // namespace gateless
