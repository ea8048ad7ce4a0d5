// What resamples and the borders of markers make of nodes.
#include "host/cluster/metacluster.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "host/cluster/marker_borders.hpp"
#include "host/compute/event_keys.hpp"
#include "host/core/layers.hpp"
#include "tests/cluster/planted_events.hpp"

namespace gateless::cluster {
namespace {

/// Two populations 3 standard deviations apart in the first of two markers, with two modes but no valley between, each
/// in the main the events of one node.
class TwoNodes : public testing::Test {
 protected:
  TwoNodes() {
    PlantedEvents planted = plant_events({20'000}, 2);
    for (std::size_t event = 0; event < planted.population.size(); ++event) {
      planted.columns[0][event] += event % 2 == 0 ? 0.0F : 1.5F;
    }
    store_ = planted.store();
    const EventView events = store_.view();
    const Scaling scaling{.shift = {0.0F, 0.0F}, .scale = 1.0F};
    const float other = planted.columns[1].front() > 2.0F ? 4.0F : 0.0F;
    const float low = planted.columns[0].front() > 2.0F ? 4.0F : 0.0F;
    for (std::size_t node = 0; node < 2; ++node) {
      codebook_(node, 0) = low + 1.5F * static_cast<float>(node);
      codebook_(node, 1) = other;
    }
    Matrix<double> variance(2, 2, 0.0);
    std::vector<NodeIndex> node_of_event;
    for (std::size_t event = 0; event < events.events; ++event) {
      const std::size_t node = events.marker(0)[event] < low + 0.75F ? 0U : 1U;
      node_of_event.push_back(static_cast<NodeIndex>(node));
      ++node_events_[node];
      for (std::size_t m = 0; m < 2; ++m) {
        const double apart = static_cast<double>(events.marker(m)[event] - codebook_(node, m));
        variance(node, m) += apart * apart;
      }
    }
    for (std::size_t node = 0; node < 2; ++node) {
      for (double& value : variance.row(node)) value /= static_cast<double>(node_events_[node]);
    }
    const NoiseUnits units(events, scaling, codebook_, variance, node_events_);
    samples_.emplace(units, node_of_event, node_events_, keys_of(events, 1), 1);
  }

  /// Where so many of ten resamples keep the nodes together.
  [[nodiscard]] std::size_t metaclusters(std::size_t together) const {
    Shares one(2, 1, 1.0F);
    Shares two(2, 2, 0.0F);
    two(0, 0) = two(1, 1) = 1.0F;
    std::vector<Shares> resamples(together, one);
    resamples.resize(10, two);
    return metacluster_nodes(codebook_, node_events_, resamples, *samples_, 2, 0).count;
  }

  EventStore store_{std::vector<std::string>(2, "marker")};
  Matrix<float> codebook_{2, 2};
  std::vector<std::uint64_t> node_events_{0, 0};
  std::optional<NodeSamples> samples_;
};

TEST_F(TwoNodes, ABorderLiesBetweenThem) { EXPECT_LT(sides_shared(*samples_, {0, 1})(1, 0), 0.4); }

TEST_F(TwoNodes, ABorderDividesWhatResamplesDisagreeOn) { EXPECT_EQ(metaclusters(5), 2U); }

TEST_F(TwoNodes, ABorderDoesNotDivideWhatNearlyAllKeepTogether) {
  EXPECT_EQ(metaclusters(10), 1U);
  EXPECT_EQ(metaclusters(9), 1U);
}

}  // namespace
}  // namespace gateless::cluster
