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

TEST(ShippedKnowledge, PanelsWithoutALineageMarkerTellWhatTheyCan) {
  const AnnotationDesign regulatory = design_of({"CD4", "CD25", "CD127"});
  for (const char* id : {"t_cd4", "treg", "th_conv"}) EXPECT_TRUE(tells(regulatory, id)) << id;
  EXPECT_FALSE(tells(regulatory, "t_cell")) << "a name says only what was measured";
  EXPECT_TRUE(tells(design_of({"CD4", "CD8", "CD45RA", "CCR7"}), "cd4_naive"));
  EXPECT_TRUE(tells(design_of({"CD20", "CD27", "IgD"}), "b_dn"));
  EXPECT_TRUE(tells(design_of({"CD22", "CD27", "IgD"}), "b_dn"));
  for (const char* id : {"mono_classical", "mono_inter", "mono_nonclassical"})
    EXPECT_TRUE(tells(design_of({"CD14", "CD16", "HLA-DR"}), id)) << id;
}

TEST(ShippedKnowledge, FewMarkersTellCoarserSubsets) {
  const AnnotationDesign by_foxp3 = design_of({"CD3", "CD4", "CD25", "FoxP3"});
  EXPECT_TRUE(tells(by_foxp3, "treg"));
  for (const MixtureDesign& mixture : by_foxp3.mixtures) {
    const bool has_corner =
        std::any_of(mixture.markers.begin(), mixture.markers.end(),
                    [](const MarkerDesign& marker) { return marker.is_corner; });
    EXPECT_FALSE(has_corner && mixture.needs_modes) << "a corner lies beyond the one mode";
  }
  EXPECT_TRUE(tells(design_of({"CD19", "CD24", "CD38"}), "b_trans_alone"));
  EXPECT_FALSE(tells(design_of({"CD19", "CD24", "CD38", "CD27"}), "b_trans_alone"));
  EXPECT_TRUE(tells(design_of({"CD19", "CD20", "CD38"}), "b_asc"));
  const AnnotationDesign by_ra = design_of({"CD3", "CD4", "CD8", "CD45RA"});
  const AnnotationDesign by_ro = design_of({"CD3", "CD4", "CD8", "CD45RO"});
  const AnnotationDesign finer = design_of({"CD3", "CD4", "CD8", "CD45RA", "CCR7"});
  for (const char* id : {"cd4_ra_pos", "cd4_ra_neg", "cd8_ra_pos", "cd8_ra_neg"}) {
    EXPECT_TRUE(tells(by_ra, id)) << id;
    EXPECT_TRUE(tells(by_ro, id)) << id;
    EXPECT_FALSE(tells(finer, id)) << id;
  }
}

}  // namespace
}  // namespace gateless::stages
