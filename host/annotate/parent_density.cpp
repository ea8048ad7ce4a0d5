#include "host/annotate/parent_density.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace gateless::annotate {
namespace {

constexpr std::size_t kMembers = 120000;  // of all samples, but no fewer than kFewestMembers of one
constexpr std::size_t kFewestMembers = 2000;
constexpr std::array<double, kStrata / 2> kShares{0.05, 0.1, 0.2};  // of a sample's members
constexpr double kSmallestNodeSd = 5.0;                             // bins

/// The probability from which an event shows what its parent is like: sure members, where they are most of them. Debris
/// and doublets are called something, but seldom surely.
float smallest_probability(const SampleMembers& members) {
  std::size_t likely = 0, sure = 0;
  for (const Members* own : members) {
    likely += own->likely();
    sure += own->sure();
  }
  return 2 * sure >= likely ? Members::kSure : Members::kLikely;
}

/// Sums over a node's events.
struct NodeValues {
  double weight = 0.0, sum = 0.0, squares = 0.0;

  void add(double bin, double by) {
    weight += by;
    sum += by * bin;
    squares += by * bin * bin;
  }
};

}  // namespace

std::size_t members_looked_at(std::size_t samples) {
  return std::max(kFewestMembers, kMembers / std::max<std::size_t>(1, samples));
}

ParentDensity parent_density(std::size_t row, const std::vector<BinnedSample>& samples,
                             const SampleMembers& members) {
  const std::size_t most = members_looked_at(samples.size());
  const float sure = smallest_probability(members);
  ParentDensity density;
  std::vector<NodeValues> nodes;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const BinnedSample& sample = samples[s];
    const Members& own = *members[s];
    const std::size_t step = own.stride_of(most);
    for (std::size_t i = 0; i < own.size(); i += step) {
      if (own.probability(i) < sure) continue;
      const std::uint8_t bin = sample.bins[row][own.event(i)];
      const auto weight = static_cast<double>(own.probability(i));
      density.events[bin] += weight;
      if (sample.nodes.empty()) continue;
      const std::size_t node = sample.nodes[own.event(i)];
      if (node >= nodes.size()) nodes.resize(node + 1);
      nodes[node].add(bin, weight);
    }
  }
  double within = 0.0, all = 0.0;
  for (const NodeValues& values : nodes) {
    if (values.weight <= 0.0) continue;
    const double mean = values.sum / values.weight;
    density.node_means[static_cast<std::size_t>(mean)] += values.weight;
    within += values.squares - values.weight * mean * mean;
    all += values.weight;
  }
  if (all > 0.0)
    density.node_sd = std::max(kSmallestNodeSd, std::sqrt(std::max(0.0, within / all)));
  return density;
}

void add_strata(ParentDensity& density, std::size_t row, std::size_t other,
                const std::vector<BinnedSample>& samples, const SampleMembers& members) {
  const std::size_t most = members_looked_at(samples.size());
  const float sure = smallest_probability(members);
  std::vector<BinCounts> strata(kStrata);
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const BinnedSample& sample = samples[s];
    const Members& own = *members[s];
    const std::size_t step = own.stride_of(most);
    BinCounts counts{};
    for (std::size_t i = 0; i < own.size(); i += step) {
      if (own.probability(i) < sure) continue;
      counts[sample.bins[other][own.event(i)]] += static_cast<double>(own.probability(i));
    }
    const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
    // Share of the sample's members below each bin.
    BinCounts below{};
    double seen = 0.0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      below[bin] = (seen + 0.5 * counts[bin]) / all;
      seen += counts[bin];
    }
    for (std::size_t i = 0; i < own.size(); i += step) {
      if (own.probability(i) < sure) continue;
      const double rank = below[sample.bins[other][own.event(i)]];
      const std::uint8_t bin = sample.bins[row][own.event(i)];
      for (std::size_t k = 0; k < kShares.size(); ++k) {
        const auto weight = static_cast<double>(own.probability(i));
        if (rank <= kShares[k]) strata[2 * k][bin] += weight;
        if (rank >= 1.0 - kShares[k]) strata[2 * k + 1][bin] += weight;
      }
    }
  }
  density.strata.insert(density.strata.end(), strata.begin(), strata.end());
}

}  // namespace gateless::annotate
