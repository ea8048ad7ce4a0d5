// Calls follow borders between levels that other populations show, where the parent itself shows none.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/subset_model.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

struct Called {
  SubsetModel model;
  SubsetCalls calls;

  [[nodiscard]] std::string of(std::size_t event) const {
    const std::int16_t subset = calls.subset_of_event[event];
    return subset < 0 ? "nobody" : calls.subsets[static_cast<std::size_t>(subset)];
  }
  [[nodiscard]] std::size_t number(const std::string& id) const {
    std::size_t events = 0;
    for (std::size_t event = 0; event < calls.subset_of_event.size(); ++event)
      events += of(event) == id ? 1U : 0U;
    return events;
  }
};

Called call(const MadeEvents& made, const Knowledge& knowledge,
            const std::vector<SetBorder>& set_borders = {}) {
  Progress progress;
  Called called;
  called.model = learn_subsets(made.store.view(), made.markers, made.store.ranges(), knowledge,
                               marker_panel(made.markers), 1, progress, {}, set_borders);
  called.calls = call_subsets(called.model, made.store.view(), made.store.ranges(), 1);
  return called;
}

// IgD of negative B cells lies 3 spreads below that of positive ones: of all B cells, nine in ten of which are
// positive, it is a shoulder. Among CD27+ ones it is a mode.
TEST(Borders, ARareNeighbourOfADensePopulationDoesNotStarve) {
  MadeEvents made;
  add_sample(made, 0,
             {{"t", 8000, {5.0, 0.5, 0.5, 4.0}},
              {"naive", 5000, {0.5, 5.0, 3.6, 0.8}},
              {"usm", 250, {0.5, 5.0, 3.4, 4.0}},
              {"swm", 350, {0.5, 5.0, 1.6, 4.0}},
              {"dn", 250, {0.5, 5.0, 1.6, 0.8}}},
             0.6);
  made.store.seal();
  const Called called = call(made, small_knowledge());
  EXPECT_GT(called.number("dn"), 200U);
  EXPECT_LT(called.number("dn"), 500U);
  std::size_t right = 0;
  for (std::size_t event = 0; event < made.truth.size(); ++event)
    right += made.truth[event] == "dn" && called.of(event) == "dn" ? 1U : 0U;
  EXPECT_GT(right, 200U);
}

// A border set by hand divides where it stands, in every sample, and where the data show no border at all.
TEST(Borders, OneSetByHandHolds) {
  MadeEvents made;
  for (const double lift : {0.0, 0.3}) {
    add_sample(made, lift > 0.0 ? 1 : 0,
               {{"t", 4000, {5.0, 0.5, 0.5, 4.0}},
                {"naive", 2000, {0.5, 5.0, 3.6 + lift, 0.8}},
                {"swm", 400, {0.5, 5.0, 1.4 + lift, 4.0}},
                {"dn", 400, {0.5, 5.0, 1.4 + lift, 0.8}}},
               0.6);
  }
  made.store.seal();
  const auto igd = made.store.view().marker(2);
  for (const double border : {2.9, 0.8}) {
    const Called called = call(made, small_knowledge(), {{"IgD", "", 4.0}, {"IgD", "b", border}});
    for (std::size_t event = 0; event < made.truth.size(); ++event) {
      if (called.calls.confidence[event] < 0.9F) continue;
      const std::string of = called.of(event);
      const bool is_positive = of == "naive" || of == "usm";
      if (!is_positive && of != "swm" && of != "dn") continue;
      EXPECT_EQ(static_cast<double>(igd[event]) > border, is_positive) << of;
    }
    EXPECT_GT(called.number("naive"), 1000U);
    EXPECT_EQ(subset_model_from_json(to_json(called.model)), called.model);
  }
}

// Among memory cells those with IgD have less CD27: dim, not negative, as the cells that are negative lie elsewhere.
TEST(Borders, DimIsNotNegativeFarAboveNegativeCells) {
  MadeEvents made;
  add_sample(made, 0,
             {{"t", 2000, {5.0, 0.5, 0.5, 0.5}},
              {"usm", 800, {0.5, 5.0, 4.4, 3.2}},
              {"swm", 4000, {0.5, 5.0, 0.8, 4.6}}},
             0.6);
  made.store.seal();
  const Called called = call(made, small_knowledge());
  EXPECT_GT(called.number("usm"), 600U);
  EXPECT_GT(called.number("swm"), 3600U);
}

// Half of one sample's cells lost most of their light: levels are those of the other two.
TEST(Borders, NothingIsLearnedFromADoubtfulSample) {
  const std::vector<MadePopulation> cells{{"t", 4000, {5.0, 0.5, 0.5, 4.0}},
                                          {"naive", 2000, {0.5, 5.0, 3.6, 0.8}},
                                          {"swm", 500, {0.5, 5.0, 1.0, 4.0}},
                                          {"dn", 300, {0.5, 5.0, 1.0, 0.8}}};
  std::vector<MadePopulation> lost = cells;
  for (const MadePopulation& population : cells) {
    lost.push_back(population);
    for (double& mean : lost.back().means) mean = 0.4 * mean - 0.5;
  }
  Progress progress;
  std::vector<SubsetModel> models;
  for (const bool has_lost : {false, true}) {
    MadeEvents made;
    Pieces none;
    add_sample(made, 0, cells, 0.5);
    add_sample(made, 1, cells, 0.5);
    if (has_lost) add_sample(made, 2, lost, 0.5);
    made.store.seal();
    models.push_back(learn_and_fit_subsets(made.store.view(), made.markers, {}, made.store.ranges(),
                                           small_knowledge(), marker_panel(made.markers), 1,
                                           progress, {}, {}, {false, false, has_lost}, none)
                         .model);
  }
  ASSERT_EQ(models[0].mixtures.size(), models[1].mixtures.size());
  for (std::size_t m = 0; m < models[0].mixtures.size(); ++m) {
    const SubsetMixture& without = models[0].mixtures[m];
    const SubsetMixture& with = models[1].mixtures[m];
    for (std::size_t marker = 0; marker < without.markers.size(); ++marker) {
      for (std::size_t l = 0; l < without.markers[marker].levels.size(); ++l) {
        EXPECT_NEAR(without.markers[marker].levels[l].mean, with.markers[marker].levels[l].mean,
                    0.1);
      }
    }
  }
}

// One border a marker, wherever the other marker lies: what is called switched reaches as high in IgD as what is
// called double negative.
TEST(Borders, QuadrantsHaveStraightBorders) {
  MadeEvents made;
  add_sample(made, 0,
             {{"t", 8000, {5.0, 0.5, 0.5, 4.0}},
              {"naive", 4000, {0.5, 5.0, 3.6, 0.8}},
              {"usm", 800, {0.5, 5.0, 3.4, 4.0}},
              {"swm", 800, {0.5, 5.0, 1.4, 4.0}},
              {"dn", 800, {0.5, 5.0, 1.4, 0.8}}},
             0.6);
  made.store.seal();
  const Called called = call(made, small_knowledge());
  const auto igd = made.store.view().marker(2);
  std::map<std::string, std::pair<float, float>> range;  // lowest and highest IgD
  for (std::size_t event = 0; event < made.truth.size(); ++event) {
    // Confident calls only: near the other border a call is a matter of both.
    if (called.calls.confidence[event] < 0.6F) continue;
    const auto at = range.try_emplace(called.of(event), igd[event], igd[event]).first;
    at->second.first = std::min(at->second.first, igd[event]);
    at->second.second = std::max(at->second.second, igd[event]);
  }
  EXPECT_NEAR(range.at("swm").second, range.at("dn").second, 0.15);
  EXPECT_NEAR(range.at("usm").first, range.at("naive").first, 0.15);
}

TEST(Borders, AMarkerThatDoesNotStandOutIsBlind) {
  MadeEvents made;
  add_sample(made, 0,
             {{"t", 8000, {5.0, 0.5, 0.9, 4.0}},
              {"naive", 4000, {0.5, 5.0, 1.0, 0.8}},
              {"usm", 800, {0.5, 5.0, 1.0, 4.0}}},
             0.6);
  made.store.seal();
  const Called called = call(made, small_knowledge());
  ASSERT_EQ(called.model.blind.size(), 1U);
  EXPECT_EQ(called.model.blind.front().marker, "IgD");
  EXPECT_EQ(called.model.blind.front().population, "b");
  EXPECT_EQ(called.model.blind.front().reason.rfind(
                "IgD of b cells does not stand out from that of t cells (AUC 0.5", 0),
            0U)
      << called.model.blind.front().reason;
  for (const char* id : {"naive", "usm", "swm", "dn"}) EXPECT_EQ(called.number(id), 0U) << id;
  EXPECT_GT(called.number("b"), 4700U);
  const auto untold = std::count_if(called.model.unresolved.begin(), called.model.unresolved.end(),
                                    [](const UnresolvedSubset& one) { return one.by_data; });
  EXPECT_EQ(untold, 4);
  EXPECT_EQ(subset_model_from_json(to_json(called.model)), called.model);
}

/// B cells of a panel without IgD: CD27- and CD27+ stand in for the quadrants.
Called call_by_cd27_alone(double positive, bool are_coarse) {
  MadeEvents made;
  made.markers = {"CD3", "CD19", "CD27"};
  made.store = EventStore(made.markers);
  add_sample(made, 0,
             {{"t", 6000, {5.0, 0.5, 1.5}},
              {"minus", 3000, {0.5, 5.0, 1.2}},
              {"plus", 1500, {0.5, 5.0, positive}}},
             0.6);
  made.store.seal();
  const std::vector<Level> neg{Level::kNeg}, pos{Level::kPos};
  Knowledge knowledge = small_knowledge();
  knowledge.subsets.resize(3);
  knowledge.subsets.push_back(known_subset("minus", "b", "by_cd27", {{"CD27", neg}}));
  knowledge.subsets.push_back(known_subset("plus", "b", "by_cd27", {{"CD27", pos}}));
  if (are_coarse) {
    for (std::size_t coarse : {3U, 4U}) knowledge.subsets[coarse].unless = {"IgD"};
  }
  return call(made, knowledge);
}

TEST(Borders, CoarseSubsetsAreToldOnlyWhereTheDataShowBothSides) {
  const Called apart = call_by_cd27_alone(5.0, true);
  EXPECT_TRUE(apart.model.blind.empty());
  EXPECT_NEAR(static_cast<double>(apart.number("plus")), 1500.0, 100.0);
  const Called together = call_by_cd27_alone(2.2, true);
  ASSERT_EQ(together.model.blind.size(), 1U);
  EXPECT_EQ(together.model.blind.front().reason,
            "CD27 of b cells shows one population, and nothing where its positive cells begin");
  for (const char* id : {"minus", "plus"}) EXPECT_EQ(together.number(id), 0U) << id;
  EXPECT_GT(together.number("b"), 4000U) << "their parent stays";
  EXPECT_TRUE(call_by_cd27_alone(2.2, false).model.blind.empty());
}

Knowledge with_corner() {
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD19", "CD24", "CD38"})
    knowledge.markers.push_back(known_marker(name));
  const std::vector<Level> pos{Level::kPos}, high{Level::kHigh};
  knowledge.subsets = {known_subset("all", "", "", {}),
                       known_subset("t", "all", "lineage", {{"CD3", pos}}, 1),
                       known_subset("b", "all", "lineage", {{"CD19", pos}}, 2),
                       known_subset("trans", "b", "stage", {{"CD24", high}, {"CD38", high}})};
  return knowledge;
}

MadeEvents b_cells(std::size_t transitional) {
  MadeEvents made;
  made.markers = {"CD3", "CD19", "CD24", "CD38"};
  made.store = EventStore(made.markers);
  add_sample(made, 0,
             {{"t", 6000, {5.0, 0.5, 0.5, 1.0}},
              {"naive", 4000, {0.5, 5.0, 2.5, 3.0}},
              {"trans", transitional, {0.5, 5.0, 5.0, 5.5}}},
             0.6);
  made.store.seal();
  return made;
}

TEST(Borders, BrightInTwoMarkersIsACorner) {
  const Called called = call(b_cells(300), with_corner());
  EXPECT_NEAR(static_cast<double>(called.number("trans")), 300.0, 150.0);
}

TEST(Borders, ACornerMayBeNearlyEmpty) {
  const Called called = call(b_cells(0), with_corner());
  EXPECT_LT(called.number("trans"), 240U);  // 5 % of one population lie beyond its 95 % point
}

TEST(CornerAxis, MuchOfOneMarkerIsNoCorner) {
  const CornerAxis axis{0, 1, 2.0, 0.5, 3.0, 0.5};
  EXPECT_DOUBLE_EQ(axis.value(3.0, 4.0), 2.0);
  EXPECT_DOUBLE_EQ(axis.value(2.0, 6.0), 1.0);  // six spreads in one, none in the other
  EXPECT_DOUBLE_EQ(axis.value(2.0, 3.0), 0.0);
}

TEST(Modes, TheSpreadOfATopIgnoresItsTails) {
  BinCounts counts{};
  for (int bin = 0; bin < 256; ++bin) {
    const double z = (bin - 100) / 10.0;
    counts[static_cast<std::size_t>(bin)] = 1000.0 * std::exp(-0.5 * z * z);
  }
  for (std::size_t bin = 140; bin < 220; ++bin) counts[bin] += 40.0;  // a long tail, no mode
  const std::vector<Mode> tops = find_tops(counts);
  ASSERT_FALSE(tops.empty());
  EXPECT_NEAR(tops.front().position, 100.0, 1.0);
  EXPECT_NEAR(tops.front().sd, 10.0, 1.5);
}

}  // namespace
}  // namespace gateless::annotate
