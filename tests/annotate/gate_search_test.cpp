// Boxes are found where labelled events lie, and the tree of gates follows the knowledge.
#include "host/annotate/gate_search.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "host/annotate/gate_learn.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

std::vector<std::uint32_t> everyone(std::size_t events) {
  std::vector<std::uint32_t> all(events);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

TEST(GateSearch, PutsTheBoundInTheMiddleOfTheGap) {
  // Targets at bins 10 to 19, others at 100 to 109: every bound from 20 to 100 is as good.
  GateTable table{.events = 20, .bins = {{}}};
  std::vector<bool> is_target;
  for (std::uint16_t event = 0; event < 20; ++event) {
    table.bins[0].push_back(static_cast<std::uint16_t>(event < 10 ? 10 + event : 90 + event));
    is_target.push_back(event < 10);
  }
  const FoundBox box =
      find_box(table, everyone(20), is_target, 10, {.core = {{0, true}}, .optional = {}});
  ASSERT_EQ(box.sides.size(), 1U);
  EXPECT_EQ(box.sides[0].edge, 60U);
  EXPECT_EQ(box.f1, 1.0);
  EXPECT_EQ(inside_box(table, everyone(20), box.sides).size(), 10U);
}

TEST(GateSearch, CountsTargetsOutsideThePopulationAsLost) {
  const GateTable table{.events = 4, .bins = {{5, 5, 400, 400}}};
  const FoundBox box = find_box(table, everyone(4), {true, true, false, false}, 6,
                                {.core = {{0, true}}, .optional = {}});
  EXPECT_DOUBLE_EQ(box.f1, 2.0 * 2.0 / (2.0 + 6.0));
}

TEST(GateSearch, TakesAnOptionalBoundOnlyWhereItHelps) {
  // Axis 0 tells nothing, axis 1 tells all.
  GateTable table{.events = 40, .bins = {{}, {}}};
  std::vector<bool> is_target;
  for (std::uint16_t event = 0; event < 40; ++event) {
    is_target.push_back(event % 2 == 0);
    table.bins[0].push_back(static_cast<std::uint16_t>(event / 2));
    table.bins[1].push_back(event % 2 == 0 ? 300 : 100);
  }
  const FoundBox box =
      find_box(table, everyone(40), is_target, 20,
               {.core = {}, .optional = {{0, false}, {0, true}, {1, false}, {1, true}}});
  ASSERT_EQ(box.sides.size(), 1U);
  EXPECT_EQ(box.sides[0].side, (GateSide{1, false}));
}

/// Subsets by the ids of small_knowledge().
SubsetModel small_model() {
  SubsetModel model;
  model.markers = {"CD3", "CD19", "IgD", "CD27", "CD138"};
  for (const KnownSubset& subset : small_knowledge().subsets) {
    std::int16_t parent = -1;
    for (std::size_t at = 0; at < model.subsets.size(); ++at)
      if (model.subsets[at].id == subset.parent) parent = static_cast<std::int16_t>(at);
    model.subsets.push_back({subset.id, subset.name, parent, false, 0.0});
  }
  return model;
}

std::size_t index_of(const SubsetModel& model, const std::string& id) {
  std::size_t at = 0;
  while (model.subsets[at].id != id) ++at;
  return at;
}

TEST(GateLearn, ALabelOfAnotherPartitionSaysNothing) {
  const SubsetModel model = small_model();
  const auto says = labels_say(index_of(model, "dn"), model, small_knowledge());
  EXPECT_EQ(says[index_of(model, "dn")], LabelSays::kInside);
  EXPECT_EQ(says[index_of(model, "naive")], LabelSays::kOutside);
  EXPECT_EQ(says[index_of(model, "b")], LabelSays::kOutside);  // no quadrant was told
  EXPECT_EQ(says[index_of(model, "t")], LabelSays::kOutside);
  EXPECT_EQ(says[index_of(model, "plasma")], LabelSays::kNothing);
  const auto of_b = labels_say(index_of(model, "b"), model, small_knowledge());
  EXPECT_EQ(of_b[index_of(model, "dn")], LabelSays::kInside);
  EXPECT_EQ(of_b[index_of(model, "plasma")], LabelSays::kInside);
}

/// 40 events each of T cells and the four quadrants of B cells, well apart, and 20 that cleaning has dropped.
GateLesson lesson_of(const SubsetModel& model) {
  GateLesson lesson;
  lesson.markers = {"CD3", "CD19", "IgD", "CD27", "FSC-A"};
  lesson.tells_cells = {false, false, false, false, true};
  lesson.table.bins.resize(5);
  const auto add = [&](const char* id, std::size_t events, std::vector<std::uint16_t> bins) {
    for (std::size_t event = 0; event < events; ++event) {
      lesson.label.push_back(id[0] == 0 ? std::int16_t{-1}
                                        : static_cast<std::int16_t>(index_of(model, id)));
      lesson.is_kept.push_back(id[0] != 0);
      for (std::size_t axis = 0; axis < bins.size(); ++axis)
        lesson.table.bins[axis].push_back(static_cast<std::uint16_t>(bins[axis] + event % 8));
    }
    lesson.table.events += events;
  };
  add("t", 40, {400, 50, 50, 400, 300});
  add("naive", 40, {50, 400, 400, 50, 300});
  add("usm", 40, {50, 400, 400, 400, 300});
  add("swm", 40, {50, 400, 50, 400, 300});
  add("dn", 40, {50, 400, 50, 50, 300});
  add("", 20, {50, 400, 50, 50, 40});
  return lesson;
}

TEST(GateLearn, GrowsTheTreeOfTheKnowledge) {
  const SubsetModel model = small_model();
  const std::vector<LearnedGate> gates = learn_gates(lesson_of(model), model, small_knowledge());
  std::vector<std::string> ids;
  for (const LearnedGate& gate : gates) ids.push_back(gate.id);
  ASSERT_EQ(ids, (std::vector<std::string>{"cells", "t", "b", "naive", "usm", "swm", "dn"}));
  EXPECT_EQ(gates[0].parent, -1);
  EXPECT_EQ(gates[2].parent, 0);
  const LearnedGate& dn = gates.back();
  EXPECT_EQ(dn.parent, 2);
  ASSERT_EQ(dn.sides.size(), 2U);  // IgD and CD27, both with an upper bound alone
  for (const PlacedSide& side : dn.sides) {
    EXPECT_TRUE(side.side.is_upper);
    EXPECT_GT(side.edge, 57U);
    EXPECT_LE(side.edge, 400U);
  }
}

TEST(GateLearn, AClusterGetsAPathOfItsOwn) {
  const SubsetModel model = small_model();
  GateLesson lesson = lesson_of(model);
  GatedCluster cluster{.id = "metacluster_7", .name = "seven", .parent = "b", .is_member = {}};
  for (const std::int16_t label : lesson.label)
    cluster.is_member.push_back(label == static_cast<std::int16_t>(index_of(model, "usm")));
  lesson.clusters.push_back(cluster);
  const std::vector<LearnedGate> gates = learn_gates(lesson, model, small_knowledge());
  EXPECT_EQ(gates.back().id, "metacluster_7");
  EXPECT_EQ(gates[static_cast<std::size_t>(gates.back().parent)].id, "b");
}

TEST(GateLearn, AnOverlayHasAGateByItsProfiles) {
  SubsetModel model = small_model();
  const std::size_t plasma = index_of(model, "plasma");
  model.subsets[plasma].is_overlay = true;  // beside the quadrants: no label says it
  SubsetMixture mixture;
  mixture.parent = static_cast<std::int16_t>(index_of(model, "b"));
  mixture.partition = "plasma";
  mixture.classes.emplace_back().subset = static_cast<std::int16_t>(plasma);
  model.mixtures = {mixture};
  GateLesson lesson = lesson_of(model);
  lesson.markers.push_back("CD138");
  lesson.tells_cells.push_back(false);
  lesson.table.bins.emplace_back();
  lesson.profiles = {{-1}, {static_cast<std::int16_t>(plasma)}};
  for (std::size_t event = 0; event < lesson.label.size(); ++event) {
    const bool is_plasma = event % 2 == 0 && lesson.table.bins[1][event] >= 400;
    lesson.profile.push_back(!lesson.is_kept[event] ? -1 : is_plasma ? 1 : 0);
    lesson.table.bins.back().push_back(is_plasma ? 410 : 50);
  }
  const std::vector<LearnedGate> gates = learn_gates(lesson, model, small_knowledge());
  const auto gate = std::find_if(gates.begin(), gates.end(),
                                 [](const LearnedGate& one) { return one.id == "plasma"; });
  ASSERT_NE(gate, gates.end());
  EXPECT_EQ(gates[static_cast<std::size_t>(gate->parent)].id, "b");
  ASSERT_EQ(gate->sides.size(), 1U);
  EXPECT_EQ(gate->sides[0].side.axis, 5U);
  EXPECT_GT(gate->sides[0].edge, 50U);
  EXPECT_LE(gate->sides[0].edge, 410U);
  lesson.profile.clear();
  for (const LearnedGate& one : learn_gates(lesson, model, small_knowledge()))
    EXPECT_NE(one.id, "plasma");
}

}  // namespace
}  // namespace gateless::annotate
