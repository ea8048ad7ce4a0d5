// Which subsets of the shipped knowledge file panels of real shapes can tell.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "host/annotate/mixture_design.hpp"
#include "host/core/layers.hpp"
#include "io/knowledge_file.hpp"

namespace gateless::stages {
namespace {

AnnotationDesign design_of(const std::vector<std::string>& markers) {
  static const Knowledge knowledge =
      read_knowledge({std::string(GATELESS_SOURCE_DIR) + "/configs/pbmc.yaml"});
  return design_annotation(knowledge, markers, {});
}

bool tells(const AnnotationDesign& design, const std::string& id) {
  return std::any_of(design.subsets.begin(), design.subsets.end(),
                     [&](const ResolvedSubset& subset) { return subset.id == id; });
}

TEST(ShippedKnowledge, HelperTypesNeedNoRegulatoryMarkers) {
  const AnnotationDesign chemokines =
      design_of({"CD3", "CD4", "CD8", "CD45RA", "CXCR3", "CCR6", "CCR4"});
  for (const char* id : {"th1", "th2", "th17", "th1_17"}) EXPECT_TRUE(tells(chemokines, id)) << id;
  EXPECT_FALSE(tells(chemokines, "treg"));
  EXPECT_TRUE(tells(design_of({"CD3", "CD4", "CD45RO", "CXCR5", "PD-1", "ICOS"}), "ctfh_act"));
}

TEST(ShippedKnowledge, Cd45roStandsForCd45raAndWithoutBothNaiveCellsAreNoTh2) {
  const AnnotationDesign with = design_of({"CD3", "CD4", "CD45RO", "CXCR3", "CCR6"});
  EXPECT_TRUE(tells(with, "th2"));
  EXPECT_TRUE(tells(design_of({"CD3", "CD4", "CD25", "CD127", "CD45RO"}), "treg_naive"));
  const AnnotationDesign without = design_of({"CD3", "CD4", "CXCR3", "CCR6"});
  EXPECT_TRUE(tells(without, "th17"));
  EXPECT_FALSE(tells(without, "th2"));
}

TEST(ShippedKnowledge, RegulatoryCellsAreACornerOfTwoMarkers) {
  const AnnotationDesign design = design_of({"CD3", "CD4", "CD25", "CD127", "CCR4"});
  const auto is_opposed = [](const MixtureDesign& mixture) {
    return mixture.markers.size() == 1 && mixture.markers.front().is_opposed;
  };
  EXPECT_EQ(std::count_if(design.mixtures.begin(), design.mixtures.end(), is_opposed), 1);
  EXPECT_TRUE(tells(design, "th_conv"));
  EXPECT_FALSE(tells(design_of({"CD3", "CD4", "CD25"}), "treg"));
}

}  // namespace
}  // namespace gateless::stages
