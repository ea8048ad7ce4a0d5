// A panel that lacks a core marker is named by the rule that the knowledge file gives for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/annotate/mixture_design.hpp"

namespace gateless {
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

}  // namespace
}  // namespace gateless
