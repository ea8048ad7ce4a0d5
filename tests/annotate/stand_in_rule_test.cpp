// Siblings that a panel can tell by stand-in rules only are told where the data show more than one population.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "host/annotate/subset_model.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

/// Monocytes, divided by CD16 or, for want of it, by CD14 and CD38; what lies below them goes with them.
Knowledge monocytes() {
  const std::vector<Level> neg{Level::kNeg}, low{Level::kLow}, pos{Level::kPos};
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD14", "CD16", "CD38"})
    knowledge.markers.push_back(known_marker(name));
  knowledge.subsets = {
      known_subset("all", "", "", {}),
      known_subset("t", "all", "lineage", {{"CD3", pos}}),
      known_subset("mono", "all", "lineage", {{"CD14", {Level::kLow, Level::kPos}}, {"CD3", neg}}),
      known_subset("classical", "mono", "stage", {{"CD14", pos}, {"CD16", neg}}),
      known_subset("other", "mono", "stage", {{"CD14", pos}, {"CD16", pos}}),
      known_subset("other_act", "other", "act", {{"CD38", pos}})};
  knowledge.subsets[3].instead = {{{"CD14", pos}, {"CD38", pos}}};
  knowledge.subsets[4].instead = {{{"CD14", low}, {"CD38", neg}}};
  return knowledge;
}

/// Markers CD3, CD14, CD38.
SubsetModel model_of(const std::vector<MadePopulation>& populations) {
  MadeEvents made;
  made.markers = {"CD3", "CD14", "CD38"};
  made.store = EventStore(made.markers);
  add_sample(made, 0, populations, 0.5);
  made.store.seal();
  Progress progress;
  return learn_subsets(made.store.view(), made.markers, made.store.ranges(), monocytes(),
                       marker_panel(made.markers), 1, progress);
}

const MadePopulation kT{"t", 3000, {5.0, 0.4, 0.5}};

bool tells(const SubsetModel& model, const std::string& id) {
  return std::any_of(model.subsets.begin(), model.subsets.end(),
                     [&](const ResolvedSubset& subset) { return subset.id == id; });
}

TEST(StandInRule, DividesWhatTheDataShowAsTwoPopulations) {
  const SubsetModel model =
      model_of({kT, {"classical", 900, {0.5, 5.0, 4.0}}, {"other", 300, {0.5, 3.0, 0.8}}});
  EXPECT_TRUE(tells(model, "classical"));
  EXPECT_TRUE(tells(model, "other"));
}

TEST(StandInRule, LeavesOnePopulationToItsParent) {
  const SubsetModel model = model_of({kT, {"classical", 1200, {0.5, 5.0, 4.0}}});
  EXPECT_TRUE(tells(model, "mono"));
  for (const char* id : {"classical", "other", "other_act"}) EXPECT_FALSE(tells(model, id)) << id;
  ASSERT_EQ(model.unresolved.size(), 3U);
  EXPECT_EQ(model.unresolved[0].reason, "CD14, CD38 show one population of mono cells");
  EXPECT_EQ(model.unresolved[2].reason, "other cells cannot be told");
  // What is left fits together and can be stored.
  EXPECT_EQ(subset_model_from_json(to_json(model)), model);
}

TEST(StandInRule, FewEventsDoNotMakeTwoPopulationsOfNoise) {
  const SubsetModel model = model_of({kT, {"classical", 60, {0.5, 5.0, 4.0}}});
  EXPECT_TRUE(tells(model, "mono"));
  EXPECT_FALSE(tells(model, "classical"));
}

}  // namespace
}  // namespace gateless::annotate
