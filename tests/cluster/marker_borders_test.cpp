// Borders of markers lie between two modes, and nowhere else.
#include "host/cluster/marker_borders.hpp"

#include <gtest/gtest.h>

#include "host/cluster/cluster.hpp"
#include "tests/cluster/planted_events.hpp"

namespace gateless::cluster {
namespace {

/// Events of a normal distribution with sd 0.5, one of plant_events' populations that lies at 0.
std::vector<float> normal(std::size_t events, float mean, std::size_t marker = 0) {
  std::vector<float> values = plant_events({events}, marker + 1).columns[marker];
  const float middle = values.front() > 2.0F ? 4.0F : 0.0F;
  for (float& value : values) value += mean - middle;
  return values;
}

std::optional<MarkerBorder> border(std::vector<float> values, const std::vector<float>& more = {},
                                   double weight = 1.0) {
  std::vector<double> weights(values.size(), 1.0);
  weights.resize(values.size() + more.size(), weight);
  values.insert(values.end(), more.begin(), more.end());
  return border_of(values, weights);
}

TEST(MarkerBorders, LiesBetweenTwoModes) {
  const auto found = border(normal(6000, 0.0F), normal(3000, 3.0F));
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->weight, 1.0);
  EXPECT_NEAR(found->low, 1.5, 0.2);
  EXPECT_NEAR(found->high, 1.5, 0.2);
  EXPECT_LE(found->low, found->high);
  EXPECT_EQ(found->positive(0.0), 0.0);
  EXPECT_EQ(found->positive(3.0), 1.0);
  EXPECT_NEAR(found->positive((found->low + found->high) / 2.0), 0.5,
              found->low < found->high ? 1e-9 : 0.5);
}

TEST(MarkerBorders, ModesThatOverlapCountInPart) {
  const auto found = border(normal(6000, 0.0F), normal(6000, 1.3F));  // 2.6 sd
  ASSERT_TRUE(found);
  EXPECT_GT(found->weight, 0.2);
  EXPECT_LT(found->weight, 0.8);
}

TEST(MarkerBorders, OneModeHasNone) {
  for (const std::size_t marker : {0U, 1U, 2U, 3U}) {
    EXPECT_FALSE(border(normal(5000, 0.0F, marker))) << marker;
  }
  EXPECT_FALSE(border(normal(6000, 0.0F), normal(6000, 0.8F)));
}

TEST(MarkerBorders, WeightsAreEvents) {
  EXPECT_TRUE(border(normal(6000, 0.0F), normal(600, 4.0F)));
  EXPECT_FALSE(border(normal(6000, 0.0F), normal(600, 4.0F), 0.05));  // 0.5 %
}

TEST(MarkerBorders, ConstantsAndTooFewHaveNone) {
  EXPECT_FALSE(border({}));
  EXPECT_FALSE(border({1.0F}));
  EXPECT_FALSE(border(std::vector<float>(100, 2.0F)));
}

/// Two populations that are negative and positive in the first marker, and one that lies on their border and is told from
/// them by the other markers.
PlantedEvents with_one_on_the_border(std::size_t markers) {
  PlantedEvents planted = plant_events({24'000}, markers);
  for (std::size_t event = 0; event < planted.population.size(); ++event) {
    const std::size_t population = event % 8 == 0 ? 2 : event % 2;
    planted.population[event] = population;
    planted.columns[0][event] += population == 2 ? 2.0F : population == 1 ? 4.0F : 0.0F;
    for (std::size_t m = 1; population == 2 && m < markers; ++m) planted.columns[m][event] += 3.0F;
  }
  return planted;
}

TEST(MarkerBorders, APopulationThatLiesOnOneStaysWhole) {
  const PlantedEvents planted = with_one_on_the_border(6);
  const EventStore store = planted.store();
  const auto backend = make_backend("cpu", {.threads = 1});
  Progress progress;
  const Clustering found = cluster_events(store.view(), {}, *backend, 1, progress);
  ASSERT_EQ(found.metaclusters, 3U);
  std::size_t right = 0;
  for (std::size_t event = 0; event < planted.population.size(); ++event) {
    if (planted.population[event] != 2) continue;
    right += found.metacluster_of_node[found.node_of_event[event]] == 2 ? 1U : 0U;
  }
  EXPECT_GT(right, 2950U);  // of 3,000
}

}  // namespace
}  // namespace gateless::cluster
