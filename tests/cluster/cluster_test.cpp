// Clustering finds what was planted, and nothing but the set of events, the options and the seed decides.
#include "host/cluster/cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "host/core/error.hpp"
#include "tests/cluster/planted_events.hpp"

namespace gateless::cluster {
namespace {

using Algorithm = ClusterOptions::Algorithm;

Clustering cluster(EventView events, const ClusterOptions& options = {}, std::size_t threads = 1,
                   std::size_t tile_events = 0, const std::string& name = "cpu") {
  const auto backend = make_backend(name, {.threads = threads, .tile_events = tile_events});
  Progress progress;
  return cluster_events(events, options, *backend, threads, progress);
}

/// For each population, the F1 of the metacluster that holds it best.
std::vector<double> best_f1(const PlantedEvents& planted, const Clustering& clustering,
                            std::size_t populations) {
  Matrix<double> together(populations, clustering.metaclusters, 0.0);
  std::vector<double> in_population(populations, 0.0);
  std::vector<double> in_metacluster(clustering.metaclusters, 0.0);
  for (std::size_t event = 0; event < planted.population.size(); ++event) {
    const std::size_t metacluster = clustering.metacluster_of_node[clustering.node_of_event[event]];
    together(planted.population[event], metacluster) += 1.0;
    in_population[planted.population[event]] += 1.0;
    in_metacluster[metacluster] += 1.0;
  }
  std::vector<double> best(populations, 0.0);
  for (std::size_t p = 0; p < populations; ++p) {
    for (std::size_t c = 0; c < clustering.metaclusters; ++c) {
      best[p] = std::max(best[p], 2.0 * together(p, c) / (in_population[p] + in_metacluster[c]));
    }
  }
  return best;
}

void expect_same(const Clustering& left, const Clustering& right) {
  EXPECT_EQ(left.scaling, right.scaling);
  EXPECT_EQ(left.codebook, right.codebook);
  EXPECT_EQ(left.node_of_event, right.node_of_event);
  EXPECT_EQ(left.node_events, right.node_events);
  EXPECT_EQ(left.metacluster_of_node, right.metacluster_of_node);
  EXPECT_EQ(left.stability, right.stability);
}

TEST(Cluster, EveryPlantedPopulationHasItsMetacluster) {
  // From 8,000 events down to 20 (0.1 %).
  const std::vector<std::size_t> sizes = {8000, 4000, 3000, 2000, 1000, 500, 200, 100, 50, 20};
  const PlantedEvents planted = plant_events(sizes, 8);
  const EventStore store = planted.store();
  for (const Algorithm algorithm : {Algorithm::kSom, Algorithm::kKMeans}) {
    const Clustering found = cluster(store.view(), {.algorithm = algorithm, .metaclusters = 10});
    const std::vector<double> f1 = best_f1(planted, found, sizes.size());
    for (std::size_t p = 0; p < sizes.size(); ++p) EXPECT_GT(f1[p], 0.95) << "population " << p;
  }
}

// 4x4 nodes are trained on some 16,000 events where there are more than twice as many.
TEST(Cluster, ALargePoolIsTrainedOnSomeEventsWhateverTheirOrder) {
  const std::vector<std::size_t> sizes = {20000, 9000, 4000, 1000, 300};
  PlantedEvents planted = plant_events(sizes, 8);
  const EventStore store = planted.store();
  const ClusterOptions options{.grid_width = 4, .grid_height = 4};
  const Clustering found = cluster(store.view(), options);
  const std::vector<double> f1 = best_f1(planted, found, sizes.size());
  for (std::size_t p = 0; p < sizes.size(); ++p) EXPECT_GT(f1[p], 0.95) << "population " << p;
  expect_same(found, cluster(store.view(), options, 3, 1000));
  expect_same(found, cluster(store.view(), options, 1, 0, "reference"));

  for (std::vector<float>& column : planted.columns) std::reverse(column.begin(), column.end());
  const EventStore backwards = planted.store();
  Clustering turned = cluster(backwards.view(), options);
  EXPECT_EQ(turned.codebook, found.codebook);
  std::reverse(turned.node_of_event.begin(), turned.node_of_event.end());
  EXPECT_EQ(turned.node_of_event, found.node_of_event);
  // Fewer looks than epochs over all events: 2 epochs, the assignments, and what the some cost.
  const std::uint64_t all = std::uint64_t{sizeof(float)} * store.events() * 8;
  EXPECT_LT(found.pass_bytes, options.epochs * all);
}

TEST(Cluster, ItsOwnNumberOfMetaclustersSeparatesThePopulations) {
  const std::vector<std::size_t> sizes = {6000, 4000, 1000, 300, 60};
  const PlantedEvents planted = plant_events(sizes, 8);
  const EventStore store = planted.store();
  const Clustering found = cluster(store.view());
  EXPECT_EQ(found.metaclusters, sizes.size());
  ASSERT_EQ(found.stability.size(), found.metaclusters);
  for (std::size_t m = 0; m < 3; ++m) EXPECT_GT(found.stability[m], 0.8) << "metacluster " << m;
  // No metacluster holds events of two populations.
  std::vector<std::set<std::size_t>> populations(found.metaclusters);
  for (std::size_t event = 0; event < planted.population.size(); ++event) {
    populations[found.metacluster_of_node[found.node_of_event[event]]].insert(
        planted.population[event]);
  }
  for (const auto& held : populations) EXPECT_EQ(held.size(), 1U);
}

/// One Gaussian population and `few` events `apart` standard deviations away on three of ten markers.
PlantedEvents plant_far_group(std::size_t many, std::size_t few, double apart) {
  PlantedEvents planted = plant_events({many}, 10);
  const double first_sd = 0.5;
  for (std::size_t event = 0; event < few; ++event) {
    const std::size_t at = event * (many / few) + 3;
    planted.population[at] = 1;
    for (std::size_t m = 2; m < 5; ++m) {
      planted.columns[m][at] += static_cast<float>(apart * first_sd);
    }
  }
  return planted;
}

TEST(Cluster, AFarGroupTooSmallForANodeIsAMetaclusterOfItsOwn) {
  const PlantedEvents planted = plant_far_group(100'000, 30, 6.0);
  const Clustering found = cluster(planted.store().view(), {.grid_width = 8, .grid_height = 8});
  EXPECT_GT(best_f1(planted, found, 2)[1], 0.9);
  // The test has found it; resamples of 20,000 events cannot say how surely.
  EXPECT_TRUE(std::any_of(found.stability.begin(), found.stability.end(),
                          [](double stability) { return std::isnan(stability); }));
}

TEST(Cluster, TheTailOfAPopulationIsNoFarGroup) {
  PlantedEvents planted = plant_events({100'000}, 10);
  // A tail without a gap: one event in twenty is drawn out along a marker, the farther the rarer.
  for (std::size_t event = 0; event < 100'000; event += 20) {
    planted.columns[1][event] += 3.0F * static_cast<float>((event / 20) % 100) / 100.0F;
  }
  const Clustering found = cluster(planted.store().view(), {.grid_width = 8, .grid_height = 8});
  EXPECT_TRUE(std::none_of(found.stability.begin(), found.stability.end(),
                           [](double stability) { return std::isnan(stability); }));
}

TEST(Cluster, PopulationsThatShareANodeAreToldApart) {
  const std::vector<std::size_t> sizes = {6000, 4000, 3000, 2000, 1500, 1200, 900, 700};
  const PlantedEvents planted = plant_events(sizes, 8);
  const EventStore store = planted.store();
  // Four nodes for eight populations.
  const Clustering found = cluster(store.view(), {.grid_width = 2, .grid_height = 2});
  const std::vector<double> f1 = best_f1(planted, found, sizes.size());
  for (std::size_t p = 0; p < sizes.size(); ++p) EXPECT_GT(f1[p], 0.95) << "population " << p;
}

TEST(Cluster, FewMarkersTellPopulationsApartAsManyDo) {
  const std::vector<std::size_t> sizes = {6000, 3000, 1000, 200};
  const PlantedEvents planted = plant_events(sizes, 3);
  const Clustering found = cluster(planted.store().view());
  EXPECT_EQ(found.metaclusters, sizes.size());
  const std::vector<double> f1 = best_f1(planted, found, sizes.size());
  for (std::size_t p = 0; p < sizes.size(); ++p) EXPECT_GT(f1[p], 0.95) << "population " << p;
}

TEST(Cluster, AMarkerThatIsZeroInMostEventsTellsPopulationsApart) {
  // Mass cytometry: exact zeros, and one population that has the marker.
  PlantedEvents planted = plant_events({15'000}, 6);
  for (std::size_t event = 0; event < planted.population.size(); ++event) {
    planted.population[event] = event % 5 == 0 ? 1 : 0;
    float& value = planted.columns[5][event];
    value = planted.population[event] == 0 ? 0.0F : 6.0F + value;
  }
  const Clustering found = cluster(planted.store().view());
  EXPECT_GT(best_f1(planted, found, 2)[1], 0.99);
}

TEST(Cluster, OnePopulationIsOneMetacluster) {
  // With few markers a population has many nodes, and little noise within each.
  for (const std::size_t markers : {1U, 2U, 3U, 6U, 20U}) {
    const PlantedEvents planted = plant_events({20'000}, markers);
    EXPECT_EQ(cluster(planted.store().view()).metaclusters, 1U) << markers << " markers";
  }
}

TEST(Cluster, ThreadsTilesAndBackendDoNotMatter) {
  const PlantedEvents planted = plant_events({3000, 1000, 400, 33}, 6);
  const EventStore store = planted.store();
  for (const Algorithm algorithm : {Algorithm::kSom, Algorithm::kKMeans}) {
    const ClusterOptions options{.algorithm = algorithm, .grid_width = 7, .grid_height = 5};
    const Clustering expected = cluster(store.view(), options, 1, 0, "reference");
    for (const std::size_t threads : {1U, 2U, 3U}) {
      for (const std::size_t tile : {0U, 64U, 1000U}) {
        expect_same(cluster(store.view(), options, threads, tile, "cpu"), expected);
      }
    }
  }
}

TEST(Cluster, TheOrderOfEventsDoesNotMatterToASom) {
  PlantedEvents planted = plant_events({3000, 1000, 400, 33}, 6);
  const Clustering forwards = cluster(planted.store().view());
  for (auto& column : planted.columns) std::reverse(column.begin(), column.end());
  Clustering backwards = cluster(planted.store().view());
  std::reverse(backwards.node_of_event.begin(), backwards.node_of_event.end());
  EXPECT_EQ(backwards.codebook, forwards.codebook);
  EXPECT_EQ(backwards.node_of_event, forwards.node_of_event);
  // Resamples draw other events, but find the same populations.
  EXPECT_EQ(backwards.metacluster_of_node, forwards.metacluster_of_node);
}

TEST(Cluster, TheOrderOfEventsDoesNotMatterWhereNodesAreSplit) {
  PlantedEvents planted = plant_events({6000, 4000, 3000, 2000, 1500, 1200, 900, 700}, 8);
  const ClusterOptions options{.grid_width = 2, .grid_height = 2};
  const Clustering forwards = cluster(planted.store().view(), options);
  EXPECT_GT(forwards.codebook.rows(), 4U);
  for (auto& column : planted.columns) std::reverse(column.begin(), column.end());
  const Clustering backwards = cluster(planted.store().view(), options, 2, 1000, "reference");
  EXPECT_EQ(backwards.codebook, forwards.codebook);
  EXPECT_EQ(backwards.metacluster_of_node, forwards.metacluster_of_node);
}

TEST(Cluster, PermutedMarkersPermuteTheCodebook) {
  // As many nodes as well-separated populations: no event lies at a border, where the order of markers in the
  // distance's sum could decide.
  PlantedEvents planted = plant_events({3000, 1000, 900, 800}, 5);
  const ClusterOptions options{.grid_width = 2, .grid_height = 2};
  const Clustering plain = cluster(planted.store().view(), options);
  std::reverse(planted.columns.begin(), planted.columns.end());
  const Clustering permuted = cluster(planted.store().view(), options);
  EXPECT_EQ(permuted.node_of_event, plain.node_of_event);
  EXPECT_EQ(permuted.metacluster_of_node, plain.metacluster_of_node);
  for (std::size_t node = 0; node < 4; ++node) {
    for (std::size_t marker = 0; marker < 5; ++marker) {
      EXPECT_EQ(permuted.codebook(node, 4 - marker), plain.codebook(node, marker));
    }
  }
}

TEST(Cluster, SeedsChangeKMeansOnlyAndReproduceIt) {
  const PlantedEvents planted = plant_events({3000, 1000, 400}, 6);
  const EventStore store = planted.store();
  ClusterOptions options{.algorithm = Algorithm::kKMeans, .nodes = 30, .seed = 1};
  const Clustering one = cluster(store.view(), options);
  expect_same(cluster(store.view(), options), one);
  options.seed = 2;
  EXPECT_NE(cluster(store.view(), options).codebook, one.codebook);
  // A map starts from the events' plane; its seed only draws the resamples.
  const Clustering som = cluster(store.view(), {.seed = 1});
  const Clustering other = cluster(store.view(), {.seed = 2});
  EXPECT_EQ(other.codebook, som.codebook);
  EXPECT_EQ(other.node_of_event, som.node_of_event);
  EXPECT_NE(other.stability, som.stability);
}

TEST(Cluster, CountsAndPrototypesFitTheEvents) {
  const PlantedEvents planted = plant_events({3000, 1000, 400}, 4);
  const EventStore store = planted.store();
  const Clustering found = cluster(store.view());
  const auto total = std::accumulate(found.node_events.begin(), found.node_events.end(), 0ULL);
  EXPECT_EQ(total, 4400U);
  const Matrix<double> prototypes = found.prototypes();
  std::vector<double> sum(4, 0.0);
  for (std::size_t node = 0; node < prototypes.rows(); ++node) {
    for (std::size_t m = 0; m < 4; ++m) {
      sum[m] += prototypes(node, m) * static_cast<double>(found.node_events[node]);
    }
  }
  for (std::size_t m = 0; m < 4; ++m) {
    const auto values = store.view().marker(m);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 4400.0;
    // The last epoch moves events between nodes but hardly the mean of all.
    EXPECT_NEAR(sum[m] / 4400.0, mean, 0.05);
  }
}

TEST(Cluster, MappingTheSameEventsGivesTheSameNodes) {
  const PlantedEvents planted = plant_events({900, 300}, 4);
  const EventStore store = planted.store();
  const auto backend = make_backend("reference", {});
  const Clustering found = cluster(store.view());
  EXPECT_EQ(map_events(store.view(), found, *backend), found.node_of_event);
  EXPECT_THROW((void)map_events(plant_events({10}, 3).store().view(), found, *backend), InputError);
}

TEST(Cluster, MetaclustersAreNumberedByFallingEvents) {
  const PlantedEvents planted = plant_events({3000, 1000, 400, 33}, 6);
  const Clustering found = cluster(planted.store().view());
  std::vector<std::uint64_t> events(found.metaclusters, 0);
  for (std::size_t node = 0; node < found.node_events.size(); ++node) {
    ASSERT_LT(found.metacluster_of_node[node], found.metaclusters);
    events[found.metacluster_of_node[node]] += found.node_events[node];
  }
  EXPECT_TRUE(std::is_sorted(events.rbegin(), events.rend()));
  EXPECT_GT(events.back(), 0U);
}

TEST(Cluster, FewDifferentEventsAreClusteredWithAWarning) {
  // Two different events, many times each; more nodes than different events; one marker; one event.
  std::vector<std::vector<float>> columns(3, std::vector<float>(50, 1.0F));
  for (std::size_t i = 0; i < 25; ++i) columns[0][2 * i] = 5.0F;
  EventStore twins({"a", "b", "c"});
  twins.append(0, columns);
  twins.seal();
  for (const Algorithm algorithm : {Algorithm::kSom, Algorithm::kKMeans}) {
    const Clustering found = cluster(twins.view(), {.algorithm = algorithm});
    EXPECT_EQ(found.metaclusters, 2U);
    EXPECT_EQ(found.node_of_event[0], found.node_of_event[48]);
    EXPECT_NE(found.node_of_event[0], found.node_of_event[1]);
    EXPECT_EQ(found.warnings.size(), 3U);  // two constant markers, empty nodes
  }
  EventStore one({"a"});
  one.append(0, {{3.5F}});
  one.seal();
  for (const Algorithm algorithm : {Algorithm::kSom, Algorithm::kKMeans}) {
    const Clustering found = cluster(one.view(), {.algorithm = algorithm, .metaclusters = 8});
    EXPECT_EQ(found.metaclusters, 1U);
    EXPECT_NEAR(found.prototypes()(found.node_of_event[0], 0), 3.5, 1e-6);
    EXPECT_FALSE(found.warnings.empty());
  }
}

TEST(Cluster, NothingToClusterIsAnInputError) {
  EventStore empty({"a"});
  empty.append(0, {{}});
  empty.seal();
  EXPECT_THROW((void)cluster(empty.view()), InputError);
  EXPECT_THROW(
      (void)cluster(plant_events({10}, 2).store().view(), {.grid_width = 100, .grid_height = 100}),
      UsageError);
}

}  // namespace
}  // namespace gateless::cluster
