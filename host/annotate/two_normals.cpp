// One broad mode as the sum of two normal densities: expectation and maximisation over the bins of one marker.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "host/annotate/level_placing.hpp"

namespace gateless::annotate {
namespace {

constexpr int kRounds = 100;
constexpr double kSmallestShare = 1e-3;

struct Normal {
  double share = 0.5, mean = 0.0, sd = 1.0;

  [[nodiscard]] double density(double x) const {
    const double z = (x - mean) / sd;
    return std::exp(-0.5 * z * z) / sd;
  }
};

double at_share(const BinCounts& counts, double share) {
  const double wanted = share * std::accumulate(counts.begin(), counts.end(), 0.0);
  double seen = 0.0;
  std::size_t bin = 0;
  while (bin + 1 < kBins && (seen += counts[bin]) < wanted) ++bin;
  return static_cast<double>(bin);
}

double spread_of(const BinCounts& counts) {
  double events = 0.0, sum = 0.0, squares = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const auto x = static_cast<double>(bin);
    events += counts[bin];
    sum += counts[bin] * x;
    squares += counts[bin] * x * x;
  }
  return std::sqrt(std::max(1.0, squares / events - sum * sum / (events * events)));
}

/// One round: each event belongs to either density as far as it speaks for it.
void refit(const BinCounts& counts, double smallest_sd, std::array<Normal, 2>& normals) {
  std::array<double, 2> events{}, sum{}, squares{};
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (counts[bin] <= 0.0) continue;
    const auto x = static_cast<double>(bin);
    std::array<double, 2> own{};
    for (std::size_t i = 0; i < 2; ++i) own[i] = normals[i].share * normals[i].density(x);
    const double all = std::max(1e-300, own[0] + own[1]);
    for (std::size_t i = 0; i < 2; ++i) {
      const double part = counts[bin] * own[i] / all;
      events[i] += part;
      sum[i] += part * x;
      squares[i] += part * x * x;
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (events[i] <= 0.0) continue;
    normals[i].share = std::max(kSmallestShare, events[i] / (events[0] + events[1]));
    normals[i].mean = sum[i] / events[i];
    normals[i].sd =
        std::sqrt(std::max(0.0, squares[i] / events[i] - normals[i].mean * normals[i].mean));
  }
  const double widest = std::max(normals[0].sd, normals[1].sd);
  for (Normal& one : normals) one.sd = std::max({one.sd, smallest_sd, 0.5 * widest});
}

}  // namespace

double where_densities_meet(const Mode& lower, const Mode& upper) {
  const Normal below{1.0, lower.position, lower.sd}, above{1.0, upper.position, upper.sd};
  double low = lower.position, high = upper.position;
  for (int step = 0; step < 40; ++step) {
    const double middle = 0.5 * (low + high);
    (below.density(middle) > above.density(middle) ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

TwoNormals two_normals(const BinCounts& counts, double smallest_sd) {
  constexpr double kLow = 0.15, kHigh = 0.85, kStartSpread = 0.6;
  const double sd = kStartSpread * spread_of(counts);
  std::array<Normal, 2> normals{
      {{0.5, at_share(counts, kLow), sd}, {0.5, at_share(counts, kHigh), sd}}};
  for (int round = 0; round < kRounds; ++round) refit(counts, smallest_sd, normals);
  if (normals[0].mean > normals[1].mean) std::swap(normals[0], normals[1]);
  const Normal &lower = normals[0], &upper = normals[1];
  const double gap = upper.mean - lower.mean;
  const auto mode = [](const Normal& one) {
    return Mode{one.mean, one.sd, one.share, one.sd, one.sd};
  };
  return {mode(lower),
          mode(upper),
          {where_densities_meet(mode(lower), mode(upper)),
           doubt_between(lower.sd, upper.sd, std::max(1.0, gap))},
          2.0 * gap / (lower.sd + upper.sd)};
}

}  // namespace gateless::annotate
