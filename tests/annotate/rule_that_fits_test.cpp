// A panel that lacks a core marker is named by the rule that the knowledge file gives for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/annotate/mixture_design.hpp"

namespace gateless::annotate {
namespace {

Knowledge knowledge() {
  Knowledge known;
  for (const char* marker : {"CD3", "CD19", "CD20"}) {
    known.markers.emplace_back();
    known.markers.back().name = marker;
  }
  known.subsets.resize(2);
  known.subsets[0].id = "leukocyte";
  known.subsets[1].id = "b_cell";
  known.subsets[1].parent = "leukocyte";
  known.subsets[1].partition = "lineage";
  known.subsets[1].core = {{"CD19", {Level::kPos}}};
  known.subsets[1].instead = {{{"CD20", {Level::kPos}}, {"CD3", {Level::kNeg}}}};
  return known;
}

bool tells_b_cells(const std::vector<std::string>& markers) {
  const AnnotationDesign design = design_annotation(knowledge(), markers, {});
  return std::any_of(design.subsets.begin(), design.subsets.end(),
                     [](const ResolvedSubset& subset) { return subset.id == "b_cell"; });
}

TEST(RuleThatFits, IsTakenOnlyWhereTheCoreCannotBeFollowed) {
  EXPECT_TRUE(tells_b_cells({"CD19"}));
  EXPECT_TRUE(tells_b_cells({"CD20", "CD3"}));
  EXPECT_FALSE(tells_b_cells({"CD20"}));
  EXPECT_FALSE(tells_b_cells({"CD3"}));
  // With the core marker there, the other rule asks for nothing.
  const AnnotationDesign design = design_annotation(knowledge(), {"CD19", "CD20", "CD3"}, {});
  ASSERT_EQ(design.mixtures.size(), 1U);
  ASSERT_EQ(design.mixtures[0].markers.size(), 1U);
  EXPECT_EQ(design.mixtures[0].markers[0].marker, 0U);
}

bool tells(const AnnotationDesign& design, const std::string& id) {
  return std::any_of(design.subsets.begin(), design.subsets.end(),
                     [&](const ResolvedSubset& subset) { return subset.id == id; });
}

TEST(RuleThatFits, ASubsetForPanelsWithoutAMarkerYieldsToTheFinerOnes) {
  Knowledge known = knowledge();
  known.subsets[1].unless = {"CD20"};
  EXPECT_TRUE(tells(design_annotation(known, {"CD19", "CD3"}, {}), "b_cell"));
  const AnnotationDesign with = design_annotation(known, {"CD19", "CD20", "CD3"}, {});
  EXPECT_FALSE(tells(with, "b_cell"));
  ASSERT_EQ(with.unresolved.size(), 1U);
  EXPECT_EQ(with.unresolved[0].reason, "CD20 is in the panel and tells finer subsets in its place");
}

TEST(RuleThatFits, OneOfTheMarkersThatASubsetNeedsIsEnough) {
  Knowledge known = knowledge();
  known.subsets[1].needs = {"CD3", "CD20"};
  EXPECT_TRUE(tells(design_annotation(known, {"CD19", "CD20"}, {}), "b_cell"));
  const AnnotationDesign without = design_annotation(known, {"CD19"}, {});
  EXPECT_FALSE(tells(without, "b_cell"));
  ASSERT_EQ(without.unresolved.size(), 1U);
  EXPECT_EQ(without.unresolved[0].reason, "CD3, CD20 are not in the panel");
}

TEST(RuleThatFits, OfFurtherRulesTheFirstThatThePanelCanFollowJoins) {
  Knowledge known = knowledge();
  const std::vector<Level> any = {Level::kNeg, Level::kLow, Level::kInt, Level::kHigh};
  known.subsets[1].also = {
      {MarkerLevels{{"CD20", {Level::kPos}}}, MarkerLevels{{"CD3", {Level::kNeg}}}}};
  const auto rules = [&](const std::vector<std::string>& markers) {
    const AnnotationDesign design = design_annotation(known, markers, {});
    const std::vector<ClassDesign>& classes = design.mixtures.at(0).classes;
    return std::count_if(classes.begin(), classes.end(),
                         [](const ClassDesign& one) { return one.subset == 1; });
  };
  EXPECT_EQ(rules({"CD19"}), 1);
  EXPECT_EQ(rules({"CD19", "CD3"}), 2);
  EXPECT_EQ(rules({"CD19", "CD20", "CD3"}), 2) << "not one class for each of the two";
  known.subsets[1].core["CD3"] = any;
  EXPECT_FALSE(tells(design_annotation(known, {"CD19"}, {}), "b_cell"))
      << "any level of CD3 will do, but it must be in the panel";
}

/// A part of the B cells that can stand for itself: plasma cells by CD138.
Knowledge with_a_part_that_stands_alone() {
  Knowledge known = knowledge();
  known.markers.emplace_back();
  known.markers.back().name = "CD138";
  KnownSubset part;
  part.id = "plasma";
  part.parent = "b_cell";
  part.partition = "stage";
  part.core = {{"CD138", {Level::kPos}}};
  part.without_parent = {{{"CD138", {Level::kHigh}}, {"CD3", {Level::kNeg}}},
                         {{"CD138", {Level::kHigh}}}};
  known.subsets.push_back(part);
  KnownSubset below;
  below.id = "long_lived";
  below.parent = "plasma";
  below.partition = "age";
  below.core = {{"CD19", {Level::kNeg}}};
  below.instead = {{{"CD20", {Level::kNeg}}}};
  known.subsets.push_back(below);
  return known;
}

std::int16_t parent_of(const AnnotationDesign& design, const std::string& id) {
  for (const ResolvedSubset& subset : design.subsets)
    if (subset.id == id) return subset.parent;
  return -2;
}

TEST(RuleThatFits, APartTakesTheParentsPlaceWhereThePanelCannotTellTheParent) {
  const Knowledge known = with_a_part_that_stands_alone();
  const AnnotationDesign within = design_annotation(known, {"CD19", "CD138"}, {});
  EXPECT_EQ(parent_of(within, "plasma"), parent_of(within, "b_cell") + 1) << "below the B cells";
  const AnnotationDesign alone = design_annotation(known, {"CD20", "CD138"}, {});
  EXPECT_FALSE(tells(alone, "b_cell"));
  EXPECT_EQ(parent_of(alone, "plasma"), 0) << "below the leukocytes";
  EXPECT_EQ(parent_of(alone, "long_lived"), 1) << "and its own parts follow";
  ASSERT_EQ(alone.unresolved.size(), 1U);
  EXPECT_EQ(alone.unresolved[0].id, "b_cell");
  EXPECT_EQ(parent_of(design_annotation(known, {"CD20"}, {}), "plasma"), -2);
}

}  // namespace
}  // namespace gateless::annotate
