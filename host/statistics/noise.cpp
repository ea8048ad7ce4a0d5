#include "host/statistics/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "host/core/matrix.hpp"

namespace gateless::statistics {
namespace {

constexpr std::size_t kNoises = 28;   ///< grid of a subset's noise, log-spaced
constexpr double kLeastNoise = 0.02;  ///< sd of log odds
constexpr double kMostNoise = 0.8;
constexpr double kUsualNoise = 0.1;  ///< between stainings of the same blood, CV of a fraction
constexpr double kUsualNoiseSpread = 0.5;  ///< of log noise between studies
constexpr std::size_t kShares = 10;        ///< grid of the share of changed patients
constexpr double kUnchangedWeight =
    5.0;                        ///< exploratory subsets: share ~ Beta(1, 5), mean one in six
constexpr double kStep = 0.55;  ///< a change's typical log odds: -40 % or +70 %
constexpr double kStepSpread = 0.35;
/// A sample unlike all others (a mistake, or an event of the person's own) says nothing of noise: so often, and so widely.
constexpr double kUnlike = 0.05;
constexpr double kUnlikeSpread = 1.5;
constexpr double kLeastDensity = 1e-300;  ///< keeps the logarithm finite
/// Spread of log noise between the subsets of a study, and how likely each is beforehand.
constexpr std::array<double, 4> kSpreads{0.1, 0.2, 0.35, 0.55};
constexpr std::array<double, 4> kSpreadWeights{0.3, 0.3, 0.25, 0.15};
/// Which way changed patients go, and how likely each is beforehand.
enum class Direction { kDown, kUp, kBoth };
constexpr std::array<Direction, 3> kDirections{Direction::kDown, Direction::kUp, Direction::kBoth};
constexpr std::array<double, 3> kDirectionWeights{0.4, 0.4, 0.2};

double noise_at(std::size_t index) {
  return kLeastNoise * std::pow(kMostNoise / kLeastNoise,
                                static_cast<double>(index) / static_cast<double>(kNoises - 1));
}

double share_at(std::size_t index) {
  return (static_cast<double>(index) + 0.5) / static_cast<double>(kShares);
}

double normal_density(double x, double variance) {
  return std::exp(-0.5 * x * x / variance) / std::sqrt(variance);
}

/// The same, but for few differences of any size.
double robust_density(double difference, double variance) {
  return (1.0 - kUnlike) * normal_density(difference, variance) +
         kUnlike * normal_density(difference, variance + kUnlikeSpread * kUnlikeSpread);
}

/// The density of a changed patient's difference.
double changed_density(double difference, double variance, Direction direction) {
  const double wide = variance + kStepSpread * kStepSpread;
  const double down = normal_density(difference + kStep, wide),
               up = normal_density(difference - kStep, wide);
  switch (direction) {
    case Direction::kDown:
      return down;
    case Direction::kUp:
      return up;
    case Direction::kBoth:
      break;
  }
  return 0.5 * (down + up);
}

/// log of the sum of exp(x).
double log_sum(std::span<const double> logs) {
  const double largest = *std::max_element(logs.begin(), logs.end());
  double sum = 0.0;
  for (const double each : logs) sum += std::exp(each - largest);
  return largest + std::log(sum);
}

/// log density of the differences of those who did not change, of one kind.
double log_unchanged(const std::vector<NoisePair>& pairs, PairKind kind, double noise) {
  double log = 0.0;
  for (const NoisePair& pair : pairs) {
    if (pair.kind != kind) continue;
    const double variance = pair.counting_variance + 2.0 * noise * noise;
    log += std::log(robust_density(pair.difference, variance) + kLeastDensity);
  }
  return log;
}

/// log P(a subset's repeats | noise), [noises]: theirs is any noise of the grid up to it.
std::array<double, kNoises> log_of_repeats(const std::vector<NoisePair>& pairs) {
  std::array<double, kNoises> own{}, logs{};
  for (std::size_t noise = 0; noise < kNoises; ++noise) {
    own[noise] = log_unchanged(pairs, PairKind::kRepeat, noise_at(noise));
    logs[noise] =
        log_sum(std::span(own).first(noise + 1)) - std::log(static_cast<double>(noise + 1));
  }
  return logs;
}

/// log P(differences of a subset's patients | noise), over all shares and directions.
double log_likelihood(const std::vector<NoisePair>& pairs, double noise) {
  const bool is_primary = !pairs.empty() && pairs[0].is_primary;
  Matrix<double> logs(kDirections.size(), kShares);
  for (std::size_t direction = 0; direction < kDirections.size(); ++direction) {
    for (std::size_t index = 0; index < kShares; ++index) {
      const double prior =
          is_primary ? 0.0 : (kUnchangedWeight - 1.0) * std::log(1.0 - share_at(index));
      logs(direction, index) = std::log(kDirectionWeights[direction]) + prior;
    }
    for (const NoisePair& pair : pairs) {
      if (pair.kind != PairKind::kPatient) continue;
      const double variance = pair.counting_variance + 2.0 * noise * noise;
      const double unchanged = robust_density(pair.difference, variance);
      const double changed = changed_density(pair.difference, variance, kDirections[direction]);
      for (std::size_t index = 0; index < kShares; ++index) {
        const double share = share_at(index);
        logs(direction, index) +=
            std::log((1.0 - share) * unchanged + share * changed + kLeastDensity);
      }
    }
  }
  return log_sum(logs.values());
}

/// How the noise of a study's subsets scatters: around which typical noise, how widely. Log probability beforehand, and
/// of each noise of the grid.
struct Scatter {
  double typical = 0.0;  ///< noise
  double log_weight = 0.0;
  std::array<double, kNoises> log_noise_weight{};
};

std::vector<Scatter> scatters() {
  std::vector<Scatter> all;
  for (std::size_t typical = 0; typical < kNoises; ++typical) {
    for (std::size_t spread = 0; spread < kSpreads.size(); ++spread) {
      Scatter scatter;
      scatter.typical = noise_at(typical);
      const double from_usual = std::log(scatter.typical / kUsualNoise) / kUsualNoiseSpread;
      scatter.log_weight = std::log(kSpreadWeights[spread]) - 0.5 * from_usual * from_usual;
      for (std::size_t noise = 0; noise < kNoises; ++noise) {
        const double away = std::log(noise_at(noise) / scatter.typical) / kSpreads[spread];
        scatter.log_noise_weight[noise] = -0.5 * away * away;
      }
      const double total = log_sum(scatter.log_noise_weight);
      for (double& weight : scatter.log_noise_weight) weight -= total;
      all.push_back(scatter);
    }
  }
  return all;
}

}  // namespace

NoiseEstimate estimate_noise(const std::vector<NoisePair>& pairs, std::size_t subsets) {
  std::vector<std::vector<NoisePair>> own(subsets);
  for (const NoisePair& pair : pairs) own[pair.subset].push_back(pair);
  Matrix<double> likelihood(subsets, kNoises);  // log
  for (std::size_t subset = 0; subset < subsets; ++subset) {
    const std::array<double, kNoises> repeats = log_of_repeats(own[subset]);
    for (std::size_t noise = 0; noise < kNoises; ++noise) {
      likelihood(subset, noise) =
          log_likelihood(own[subset], noise_at(noise)) +
          log_unchanged(own[subset], PairKind::kUnchanged, noise_at(noise)) + repeats[noise];
    }
  }
  const std::vector<Scatter> all = scatters();
  Matrix<double> joint(subsets, all.size());  // log P(differences of a subset | scatter)
  std::vector<double> posterior;              // log, [scatters]
  std::array<double, kNoises> logs{};
  for (std::size_t index = 0; index < all.size(); ++index) {
    double log = all[index].log_weight;
    for (std::size_t subset = 0; subset < subsets; ++subset) {
      for (std::size_t noise = 0; noise < kNoises; ++noise)
        logs[noise] = all[index].log_noise_weight[noise] + likelihood(subset, noise);
      log += joint(subset, index) = log_sum(logs);
    }
    posterior.push_back(log);
  }
  const double total = log_sum(posterior);
  NoiseEstimate estimate{.pooled = 0.0, .subset = std::vector<double>(subsets, 0.0)};
  for (std::size_t index = 0; index < all.size(); ++index) {
    const double weight = std::exp(posterior[index] - total);
    estimate.pooled += weight * all[index].typical * all[index].typical;
    for (std::size_t subset = 0; subset < subsets; ++subset) {
      for (std::size_t noise = 0; noise < kNoises; ++noise) {
        const double share = std::exp(all[index].log_noise_weight[noise] +
                                      likelihood(subset, noise) - joint(subset, index));
        estimate.subset[subset] += weight * share * noise_at(noise) * noise_at(noise);
      }
    }
  }
  return estimate;
}

}  // namespace gateless::statistics
