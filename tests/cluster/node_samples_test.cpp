// Which events stand for a node: evenly spread ones, or those with the lowest keys.
#include "host/cluster/node_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "host/compute/event_keys.hpp"
#include "host/core/layers.hpp"
#include "host/core/philox.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kEvents = 600'000;  // more than two of the stretches that threads look at
constexpr std::size_t kNodes = 7;

/// Nodes of very different sizes; the last holds nothing, the one before three events.
std::vector<NodeIndex> made_nodes() {
  std::vector<NodeIndex> nodes(kEvents);
  const Philox random(5, 0);
  for (std::size_t event = 0; event < kEvents; ++event) {
    const std::uint64_t place = random.below(1000, event);
    nodes[event] = static_cast<NodeIndex>(place < 3 ? 0 : place < 40 ? 1 : place < 500 ? 2 : 3);
  }
  for (const std::size_t event : {1U, 262'144U, 599'999U}) nodes[event] = 5;
  std::fill(nodes.begin() + 100'000, nodes.begin() + 100'500, NodeIndex{4});
  return nodes;
}

TEST(NodeSamples, SpreadOverNodesTakesEqualStepsOfEachNode) {
  const std::vector<NodeIndex> nodes = made_nodes();
  for (const std::size_t most : {1U, 3U, 64U, 1000U, 100'000U}) {
    const ChosenEvents chosen = spread_over_nodes(nodes, kNodes, most, 1);
    for (std::size_t node = 0; node < kNodes; ++node) {
      std::vector<std::size_t> own;
      for (std::size_t event = 0; event < kEvents; ++event) {
        if (nodes[event] == node) own.push_back(event);
      }
      const std::size_t wanted = std::min(own.size(), most);
      ASSERT_EQ(chosen.count(node), wanted);
      for (std::size_t i = 0; i < wanted; ++i) {
        // The last event of each of `wanted` equal stretches of the node.
        const std::size_t last = ((i + 1) * own.size() + wanted - 1) / wanted - 1;
        ASSERT_EQ(chosen.events[chosen.first[node] + i], own[last]) << node << ' ' << i;
      }
    }
    for (const std::size_t threads : {2U, 5U}) {
      EXPECT_EQ(spread_over_nodes(nodes, kNodes, most, threads).events, chosen.events);
    }
  }
}

/// One marker; a place of 1 in noise units is 1.
struct OneMarker {
  std::vector<float> values = std::vector<float>(kEvents);
  Scaling scaling{{0.0F}, 1.0F};
  std::vector<NodeIndex> nodes = made_nodes();
  std::vector<std::uint64_t> counts = count_events(nodes, kNodes, 1);

  OneMarker() { std::iota(values.begin(), values.end(), 1.0F); }
  [[nodiscard]] NodeSamples samples(std::size_t threads) const {
    const EventView view{values.data(), 1, kEvents, kEvents};
    const NoiseUnits units(view, scaling, Matrix<float>(kNodes, 1, 0.0F),
                           Matrix<double>(kNodes, 1, 1.0), counts);
    return {units, nodes, counts, keys_of(view, 1), threads};
  }
};

TEST(NodeSamples, HoldTheEventsWithTheLowestKeysOfEachNode) {
  const OneMarker made;
  const std::vector<std::uint64_t> keys = keys_of({made.values.data(), 1, kEvents, kEvents}, 3);
  const NodeSamples samples = made.samples(1);
  for (std::size_t node = 0; node < kNodes; ++node) {
    std::vector<std::size_t> own;
    for (std::size_t event = 0; event < kEvents; ++event) {
      if (made.nodes[event] == node) own.push_back(event);
    }
    std::sort(own.begin(), own.end(),
              [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    const std::size_t count = samples.count(node);
    EXPECT_GE(count, std::min<std::size_t>(own.size(), 300));  // about 400
    EXPECT_LE(count, std::min<std::size_t>(own.size(), 500));
    const WeightedEvents events = samples.of({&node, 1});
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(events.place(i, 0), made.values[own[i]]);
  }
}

TEST(NodeSamples, ANodeOfEventsThatAreAlikeIsOneOfThem) {
  OneMarker made;
  std::fill(made.values.begin(), made.values.end(),
            2.5F);  // one key, above the limit of large nodes
  const NodeSamples samples = made.samples(3);
  ASSERT_GT(keys_of({made.values.data(), 1, 1, 1}, 1).front(), 0x1p64 * 400 / 3000);
  EXPECT_EQ(samples.count(3), 1U);
  EXPECT_EQ(samples.count(5), 3U);
  EXPECT_EQ(samples.count(6), 0U);
}

}  // namespace
}  // namespace gateless::cluster
