// What one broad mode holds: two populations that overlap, or one with cells that leave it in a corner.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/subset_model.hpp"
#include "tests/annotate/made_density.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

TEST(TwoNormals, AreFoundInOneBroadMode) {
  const BinCounts counts = density_of({{90.0, 20.0, 6e3}, {138.0, 20.0, 4e3}});
  ASSERT_EQ(find_modes(counts).size(), 1U);
  const TwoNormals two = two_normals(counts, 15.0);
  EXPECT_NEAR(two.lower.position, 90.0, 3.0);
  EXPECT_NEAR(two.upper.position, 138.0, 3.0);
  EXPECT_NEAR(two.lower.mass, 0.6, 0.06);
  EXPECT_NEAR(two.between.at, 114.0, 3.0);  // whatever the two hold
  EXPECT_NEAR(two.apart, 2.4, 0.2);
}

TEST(TwoNormals, OnePopulationIsNotHalved) {
  EXPECT_LT(two_normals(density_of({{120.0, 20.0, 1e4}}), 16.0).apart, 2.0);
  BinCounts flat{};  // a top as broad as the noise of negative cells makes it
  for (std::size_t bin = 80; bin < 160; ++bin) flat[bin] = 100.0;
  EXPECT_LT(two_normals(flat, 20.0).apart, 2.0);
}

TEST(LeavesMode, WhereTheDensityCeasesToFall) {
  const Mode mode{100.0, 10.0, 1.0, 10.0, 10.0};
  const double at = leaves_mode_at(density_of({{100.0, 10.0, 1e5}, {140.0, 12.0, 6e3}}), mode);
  EXPECT_GT(at, 100.0 + 1.645 * 10.0);
  EXPECT_LT(at, 128.0);  // before the second population is at its densest
  // One population alone: at its far end.
  EXPECT_NEAR(leaves_mode_at(density_of({{100.0, 10.0, 1e5}}), mode), 133.0, 1.0);
}

TEST(CornerAxis, LittleOfOneMarkerAndMuchOfTheOther) {
  const CornerAxis axis{0, 1, 2.0, -0.5, 3.0, 0.5};
  EXPECT_DOUBLE_EQ(axis.value(1.0, 4.0), 2.0);
  EXPECT_DOUBLE_EQ(axis.value(3.0, 4.0), -2.0 + 1.0);  // much of both
}

/// CD25 and CD127 of CD4 T cells rise together from naive to memory cells; regulatory ones leave that line.
Knowledge with_regulatory() {
  const std::vector<Level> neg{Level::kNeg, Level::kLow}, pos{Level::kPos};
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD19", "CD25", "CD127"})
    knowledge.markers.push_back(known_marker(name));
  knowledge.subsets = {known_subset("all", "", "", {}),
                       known_subset("b", "all", "lineage", {{"CD19", pos}}, 1),
                       known_subset("t", "all", "lineage", {{"CD3", pos}}, 2),
                       known_subset("treg", "t", "reg", {{"CD25", pos}, {"CD127", neg}}),
                       known_subset("conv", "t", "reg", {{"CD127", {Level::kPos, Level::kHigh}}})};
  knowledge.subsets[3].is_corner = true;
  return knowledge;
}

struct Score {
  std::size_t called = 0, right = 0, conv = 0;
  SubsetModel model;
};

Score regulatory_called(std::size_t regulatory, const std::vector<SetBorder>& borders = {}) {
  MadeEvents made;
  made.markers = {"CD3", "CD19", "CD25", "CD127"};
  made.store = EventStore(made.markers);
  std::vector<MadePopulation> cells{{"b", 4000, {0.5, 5.0, 0.5, 0.5}}};
  for (const double along : {-0.6, -0.2, 0.2, 0.6})  // one mode, drawn out along a line
    cells.push_back({"conv", 2500, {5.0, 0.5, 1.6 + along, 3.6 + along}});
  cells.push_back({"treg", regulatory, {5.0, 0.5, 3.6, 1.8}});
  add_sample(made, 0, cells, 0.7);
  made.store.seal();
  Progress progress;
  Score score;
  score.model =
      learn_subsets(made.store.view(), made.markers, made.store.ranges(), with_regulatory(),
                    marker_panel(made.markers), 1, progress, {}, borders);
  const SubsetCalls calls = call_subsets(score.model, made.store.view(), made.store.ranges(), 1);
  for (std::size_t event = 0; event < made.truth.size(); ++event) {
    const std::int16_t subset = calls.subset_of_event[event];
    if (subset < 0) continue;
    const std::string& id = calls.subsets[static_cast<std::size_t>(subset)];
    score.conv += id == "conv" ? 1U : 0U;
    score.called += id == "treg" ? 1U : 0U;
    score.right += id == "treg" && made.truth[event] == "treg" ? 1U : 0U;
  }
  return score;
}

TEST(NamedCorner, HoldsWhatLeavesTheLineOfBothMarkers) {
  const Score score = regulatory_called(700);
  EXPECT_GT(score.right, 600U);
  EXPECT_LT(score.called - score.right, 250U);  // of 10,000 others; 500 lie beyond a 95 % point
  EXPECT_GT(score.conv, 9500U);                 // the rest, whatever their CD127
  EXPECT_EQ(subset_model_from_json(to_json(score.model)), score.model);
  const std::vector<LearnedMarker>& markers = score.model.mixtures.back().markers;
  ASSERT_EQ(markers.size(), 1U);
  EXPECT_EQ(row_name(score.model, markers[0].marker), "CD127low/CD25");
}

// Whoever sets the border of one marker by hand gets straight borders.
TEST(NamedCorner, YieldsToABorderSetByHand) {
  const Score score = regulatory_called(700, {{"CD25", "t", 2.9}});
  const std::vector<LearnedMarker>& markers = score.model.mixtures.back().markers;
  ASSERT_EQ(markers.size(), 2U);
  const bool is_first = markers[0].is_set;
  EXPECT_NEAR(markers[is_first ? 0 : 1].border, 2.9, 1e-6);
  EXPECT_GT(score.right, 300U);
}

TEST(NamedCorner, MayBeNearlyEmpty) { EXPECT_LT(regulatory_called(0).called, 100U); }

}  // namespace
}  // namespace gateless::annotate
