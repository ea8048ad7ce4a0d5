// Lineages by side scatter, where the panel lacks the markers of monocytes and granulocytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "host/annotate/channel_naming.hpp"
#include "host/annotate/subset_model.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

Knowledge blood_knowledge() {
  const std::vector<Level> neg{Level::kNeg}, low{Level::kLow}, mid{Level::kInt}, pos{Level::kPos},
      high{Level::kHigh};
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD16", "SSC"}) knowledge.markers.push_back(known_marker(name));
  knowledge.markers.back().role = "side scatter";
  knowledge.subsets = {
      known_subset("all", "", "", {}),
      known_subset("t", "all", "lineage", {{"CD3", pos}, {"SSC", low}}),
      known_subset("nk", "all", "lineage", {{"CD3", neg}, {"CD16", pos}, {"SSC", low}}),
      known_subset("mono", "all", "lineage", {{"CD3", neg}, {"SSC", mid}}),
      known_subset("gran", "all", "lineage", {{"CD3", neg}, {"SSC", high}})};
  return knowledge;
}

Panel blood_panel() {
  Panel panel = marker_panel({"CD3", "CD16", "SSC"});
  panel.channels.back().role = ChannelRole::kSide;
  return panel;
}

struct Blood {
  MadeEvents made;
  SubsetCalls calls;
};

/// Side scatter on a natural-logarithmic scale: monocytes e^0.95, granulocytes e^1.8 times the lymphocytes; `gain` adds.
/// `stuck`: T cells that stick to others, e^1.8 times the scatter.
Blood blood(std::size_t granulocytes, double gain, std::size_t stuck = 0) {
  Blood result;
  result.made.markers = {"CD3", "CD16", "SSC"};
  result.made.store = EventStore(result.made.markers);
  add_sample(result.made, 0,
             {{"t", 3000, {5.0, 0.5, 3.0 + gain}},
              {"nk", 250, {0.5, 3.0, 3.0 + gain}},
              {"mono", 500, {0.5, 0.8, 3.95 + gain}},
              {"gran", granulocytes, {0.5, 4.5, 4.8 + gain}},
              {"stuck", stuck, {5.0, 0.5, 4.8 + gain}}},
             0.2);
  result.made.store.seal();
  Progress progress;
  const SubsetModel model =
      learn_subsets(result.made.store.view(), result.made.markers, result.made.store.ranges(),
                    blood_knowledge(), blood_panel(), 1, progress);
  result.calls = call_subsets(model, result.made.store.view(), result.made.store.ranges(), 1);
  return result;
}

double recall(const Blood& blood, const std::string& of) {
  double all = 0.0, right = 0.0;
  for (std::size_t i = 0; i < blood.made.truth.size(); ++i) {
    if (blood.made.truth[i] != of) continue;
    const std::int16_t called = blood.calls.subset_of_event[i];
    all += 1.0;
    right += called >= 0 && blood.calls.subsets[static_cast<std::size_t>(called)] == of ? 1.0 : 0.0;
  }
  return right / all;
}

TEST(SideScatter, TellsLineagesOfWholeBlood) {
  for (const double gain : {0.0, -1.5, 2.0}) {
    const Blood whole = blood(8000, gain);
    for (const char* subset : {"t", "nk", "mono", "gran"})
      EXPECT_GT(recall(whole, subset), 0.95) << subset << " at gain " << gain;
  }
}

TEST(SideScatter, MonocytesAreNotGranulocytesWhereThereAreNone) {
  const Blood cells = blood(0, 0.0);
  EXPECT_GT(recall(cells, "mono"), 0.97);
  const auto gran = static_cast<std::size_t>(
      std::find(cells.calls.subsets.begin(), cells.calls.subsets.end(), "gran") -
      cells.calls.subsets.begin());
  EXPECT_LT(cells.calls.expected(0, gran) / static_cast<double>(cells.made.truth.size()), 0.001);
}

TEST(SideScatter, OfLymphocytesIsAGate) {
  for (const double gain : {0.0, -1.5}) {
    const Blood cells = blood(500, gain, 300);
    double assigned = 0.0;
    for (std::size_t i = 0; i < cells.made.truth.size(); ++i) {
      if (cells.made.truth[i] == "stuck")
        assigned += cells.calls.subset_of_event[i] == 1 ? 1.0 : 0.0;
    }
    ASSERT_EQ(cells.calls.subsets[1], "t");
    EXPECT_LT(assigned, 10.0);
    EXPECT_GT(recall(cells, "t"), 0.99);
    // Neither the borders nor the mixture count them.
    EXPECT_NEAR(cells.calls.expected(0, 1), 3000.0, 45.0);
    EXPECT_NEAR(cells.calls.by_mixture(0, 1), 3000.0, 60.0);
  }
}

TEST(SideScatter, DebrisDoesNotMakeMonocytesOfLymphocytesThatNoRuleTells) {
  // CD3 alone: B and NK cells are neither T cells nor monocytes, whose scatter is 1.9 times as much (e^0.64).
  MadeEvents made;
  made.markers = {"CD3", "SSC"};
  made.store = EventStore(made.markers);
  std::vector<MadePopulation> cells{
      {"t", 4800, {5.0, 3.0}}, {"other", 2600, {0.5, 3.0}}, {"mono", 2300, {0.5, 3.64}}};
  for (const double scatter : {2.4, 2.2, 2.0, 1.8, 1.6})
    cells.push_back({"debris", 45, {0.5, scatter}});
  add_sample(made, 0, cells, 0.18);
  made.store.seal();
  Knowledge knowledge = blood_knowledge();
  std::erase_if(knowledge.subsets, [](const KnownSubset& subset) { return subset.id == "nk"; });
  Panel panel = marker_panel(made.markers);
  panel.channels.back().role = ChannelRole::kSide;
  Progress progress;
  const SubsetModel model = learn_subsets(made.store.view(), made.markers, made.store.ranges(),
                                          knowledge, panel, 1, progress);
  const SubsetCalls calls = call_subsets(model, made.store.view(), made.store.ranges(), 1);
  double wrong = 0.0, right = 0.0;
  for (std::size_t i = 0; i < made.truth.size(); ++i) {
    const std::int16_t called = calls.subset_of_event[i];
    if (called < 0 || calls.subsets[static_cast<std::size_t>(called)] != "mono") continue;
    (made.truth[i] == "mono" ? right : wrong) += 1.0;
  }
  EXPECT_GT(right, 2000.0);
  EXPECT_LT(wrong, 600.0);  // 2,800 where the monocytes' level may be wider than the lymphocytes'
}

TEST(SideScatter, GateLastsInTheModel) {
  const Blood cells = blood(500, 0.0, 300);
  Progress progress;
  const SubsetModel model =
      learn_subsets(cells.made.store.view(), cells.made.markers, cells.made.store.ranges(),
                    blood_knowledge(), blood_panel(), 1, progress);
  ASSERT_EQ(model.mixtures.front().gates.size(), 2U);  // T and NK cells
  EXPECT_NEAR(model.mixtures.front().gates[0].high, 3.8, 0.1);
  EXPECT_EQ(subset_model_from_json(to_json(model)), model);
}

TEST(SideScatter, IsTheAreaOfSideScatterWhereKnowledgeAsksForIt) {
  std::vector<Channel> channels(4);
  channels[0].name = "SSC-H";
  channels[1].name = "SSC-A";
  channels[2].name = "FSC-A";
  channels[3].name = "FL1-A";
  channels[3].stain = "CD3";
  const Panel panel = name_channels(channels, blood_knowledge(), {}, "");
  EXPECT_EQ(panel.side_scatter(), "SSC");
  EXPECT_EQ(panel.channels[1].marker, "SSC");
  EXPECT_EQ(panel.channels[0].marker, "");
  EXPECT_EQ(panel.markers().size(), 1U);
  EXPECT_EQ(name_channels(channels, small_knowledge(), {}, "").side_scatter(), "");
}

}  // namespace
}  // namespace gateless::annotate
