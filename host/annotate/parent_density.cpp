#include "host/annotate/parent_density.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace gateless {
namespace {

constexpr std::size_t kMembers = 120000;  // of all samples, but no fewer than kFewestMembers of one
constexpr std::size_t kFewestMembers = 2000;
constexpr double kSmallestNodeSd = 5.0;  // bins

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
                             const std::vector<Members>& members) {
  const std::size_t most = members_looked_at(samples.size());
  ParentDensity density;
  std::map<std::uint16_t, NodeValues> nodes;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const BinnedSample& sample = samples[s];
    const Members& own = members[s];
    const std::size_t step = std::max<std::size_t>(1, own.events.size() / most);
    for (std::size_t i = 0; i < own.events.size(); i += step) {
      const std::uint8_t bin = sample.bins[row][own.events[i]];
      const auto weight = static_cast<double>(own.probability[i]);
      density.events[bin] += weight;
      if (!sample.nodes.empty()) nodes[sample.nodes[own.events[i]]].add(bin, weight);
    }
  }
  double within = 0.0, all = 0.0;
  for (const auto& [node, values] : nodes) {
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

}  // namespace gateless
