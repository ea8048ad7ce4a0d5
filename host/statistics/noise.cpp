#include "host/statistics/noise.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

namespace gateless {
namespace {

constexpr double kCut = 2.5;  ///< standard deviations beyond which a pair counts as changed
constexpr double kUsualNoise = 0.1 * 0.1;  ///< CV of 10 % between stainings of the same blood
constexpr double kUsualWeight = 4.0;       ///< pairs that the usual noise is worth
constexpr double kPooledWeight = 10.0;     ///< pairs that the pooled noise is worth for one subset
constexpr double kLargestNoise = 4.0;
constexpr int kSteps = 40;

struct Excess {
  double noise = 0.0;
  double pairs = 0.0;  ///< that count as unchanged
};

double variance_of(const NoisePair& pair, double noise) {
  return pair.counting_variance + 2.0 * noise;
}

/// Whether at least half of the pairs lie within `target` at this noise.
bool is_enough(const std::vector<NoisePair>& pairs, double noise, double target) {
  const auto within = std::count_if(pairs.begin(), pairs.end(), [&](const NoisePair& pair) {
    return pair.difference * pair.difference <= target * variance_of(pair, noise);
  });
  return 2 * static_cast<std::size_t>(within) >= pairs.size();
}

/// The smallest noise that is enough; bisection, since more noise can only bring more pairs within.
double solve(const std::vector<NoisePair>& pairs, double target) {
  if (is_enough(pairs, 0.0, target)) return 0.0;
  double low = 0.0, high = kLargestNoise;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = 0.5 * (low + high);
    (is_enough(pairs, middle, target) ? high : low) = middle;
  }
  return high;
}

/// The trimmed-median estimate, from `start` on.
Excess excess_of(const std::vector<NoisePair>& pairs, double start) {
  const boost::math::chi_squared chi(1.0);
  const double target = boost::math::quantile(chi, 0.5 * boost::math::cdf(chi, kCut * kCut));
  Excess excess{.noise = start, .pairs = 0.0};
  for (int step = 0; step < kSteps; ++step) {
    std::vector<NoisePair> unchanged;
    for (const NoisePair& pair : pairs) {
      if (std::abs(pair.difference) <= kCut * std::sqrt(variance_of(pair, excess.noise)))
        unchanged.push_back(pair);
    }
    if (unchanged.empty()) return {.noise = start, .pairs = 0.0};
    const double next = solve(unchanged, target);
    excess.pairs = static_cast<double>(unchanged.size());
    if (std::abs(next - excess.noise) < 1e-9) break;
    excess.noise = next;
  }
  return excess;
}

double shrunk(const Excess& own, double towards, double weight) {
  return (own.pairs * own.noise + weight * towards) / (own.pairs + weight);
}

}  // namespace

NoiseEstimate estimate_noise(const std::vector<NoisePair>& pairs, std::size_t subsets) {
  std::vector<NoisePair> exploratory;
  std::vector<std::vector<NoisePair>> own(subsets);
  for (const NoisePair& pair : pairs) {
    own[pair.subset].push_back(pair);
    if (!pair.is_primary) exploratory.push_back(pair);
  }
  NoiseEstimate estimate{
      .pooled = shrunk(excess_of(exploratory, kUsualNoise), kUsualNoise, kUsualWeight),
      .subset = {},
      .freedom = {}};
  for (const std::vector<NoisePair>& subset_pairs : own) {
    const Excess excess = excess_of(subset_pairs, estimate.pooled);
    estimate.subset.push_back(shrunk(excess, estimate.pooled, kPooledWeight));
    estimate.freedom.push_back(excess.pairs + kPooledWeight);
  }
  return estimate;
}

}  // namespace gateless
