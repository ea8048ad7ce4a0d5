#include "host/statistics/correlation.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <numeric>

#include "host/statistics/ranks.hpp"

namespace gateless::statistics {
namespace {

constexpr std::size_t kMostPermutedPairs = 9;

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

}  // namespace

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

}  // namespace gateless::statistics
