#include "host/cluster/node_samples.hpp"

#include <algorithm>

#include "host/core/parallel.hpp"

namespace gateless {
namespace {

constexpr std::size_t kMostOfNode = 400;

}  // namespace

ChosenEvents spread_over_nodes(std::span<const NodeIndex> node_of_event, std::size_t nodes,
                               std::size_t most) {
  std::vector<std::size_t> count(nodes, 0);
  for (const NodeIndex node : node_of_event) ++count[node];
  ChosenEvents chosen{{}, std::vector<std::size_t>(nodes + 1, 0)};
  for (std::size_t node = 0; node < nodes; ++node) {
    chosen.first[node + 1] = chosen.first[node] + std::min(count[node], most);
  }
  chosen.events.resize(chosen.first.back());
  std::vector<std::size_t> next(chosen.first.begin(), chosen.first.end() - 1);
  std::vector<std::size_t> seen(nodes, 0);
  for (std::size_t event = 0; event < node_of_event.size(); ++event) {
    const NodeIndex node = node_of_event[event];
    const std::size_t wanted = std::min(count[node], most);
    const std::size_t index = seen[node]++;
    if ((index + 1) * wanted / count[node] == index * wanted / count[node]) continue;
    chosen.events[next[node]++] = event;
  }
  return chosen;
}

NodeSamples::NodeSamples(const NoiseUnits& units, std::span<const NodeIndex> node_of_event,
                         const std::vector<std::uint64_t>& node_events, std::size_t threads)
    : chosen_(spread_over_nodes(node_of_event, node_events.size(), kMostOfNode)),
      place_(chosen_.events.size(), units.markers()),
      weight_(node_events.size(), 0.0) {
  parallel_for(threads, node_events.size(), [&](std::size_t node) {
    if (chosen_.count(node) == 0) return;
    weight_[node] =
        static_cast<double>(node_events[node]) / static_cast<double>(chosen_.count(node));
    for (std::size_t i = chosen_.first[node]; i < chosen_.first[node + 1]; ++i) {
      for (std::size_t m = 0; m < units.markers(); ++m) {
        place_(i, m) = units.of_event(chosen_.events[i], m);
      }
    }
  });
}

WeightedEvents NodeSamples::of(std::span<const std::size_t> nodes) const {
  std::size_t rows = 0;
  for (const std::size_t node : nodes) rows += chosen_.count(node);
  WeightedEvents taken{Matrix<float>(rows, place_.columns()), {}};
  for (const std::size_t node : nodes) {
    for (std::size_t i = chosen_.first[node]; i < chosen_.first[node + 1]; ++i) {
      const auto from = place_.row(i);
      std::copy(from.begin(), from.end(), taken.place.row(taken.weight.size()).begin());
      taken.weight.push_back(weight_[node]);
    }
  }
  return taken;
}

std::vector<float> NodeSamples::mean_of(std::span<const std::size_t> nodes) const {
  std::vector<double> sum(place_.columns(), 0.0);
  double total = 0.0;
  for (const std::size_t node : nodes) {
    for (std::size_t i = chosen_.first[node]; i < chosen_.first[node + 1]; ++i) {
      total += weight_[node];
      const auto place = place_.row(i);
      for (std::size_t m = 0; m < sum.size(); ++m) {
        sum[m] += weight_[node] * static_cast<double>(place[m]);
      }
    }
  }
  std::vector<float> mean;
  for (const double value : sum) mean.push_back(static_cast<float>(value / total));
  return mean;
}

}  // namespace gateless
