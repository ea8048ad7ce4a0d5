// Files of cells that were gated before: a marker that all cells have shows no negative ones to hold it against.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "host/annotate/cluster_names.hpp"
#include "host/annotate/negative_cells.hpp"
#include "host/annotate/subset_model.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

struct Annotation {
  MadeEvents made;
  SubsetModel model;
  SubsetCalls calls;
};

/// Markers CD3, CD19, IgD, CD27.
Annotation annotate(const std::vector<MadePopulation>& populations) {
  Annotation result;
  add_sample(result.made, 0, populations, 0.4);
  result.made.store.seal();
  Progress progress;
  const EventView events = result.made.store.view();
  const auto& samples = result.made.store.ranges();
  result.model = learn_subsets(events, result.made.markers, samples, small_knowledge(),
                               marker_panel(result.made.markers), 1, progress);
  result.calls = call_subsets(result.model, events, samples, 1);
  return result;
}

double share_called(const Annotation& of, const std::string& id) {
  std::size_t called = 0;
  for (const std::int16_t subset : of.calls.subset_of_event)
    called += subset >= 0 && of.calls.subsets[static_cast<std::size_t>(subset)] == id ? 1U : 0U;
  return static_cast<double>(called) / static_cast<double>(of.calls.subset_of_event.size());
}

const std::vector<MadePopulation> kTCells{{"t", 3000, {4.5, 0.4, 0.5, 4.0}},
                                          {"t", 1000, {4.5, 0.4, 0.5, 0.5}}};

TEST(GatedCells, OneModeFarAboveTheNegativeCellsOfOtherMarkersIsPositive) {
  const Annotation t_cells = annotate(kTCells);
  EXPECT_GT(share_called(t_cells, "t"), 0.98);
}

TEST(GatedCells, TheirConfidenceIsNoMoreThanHowSureThatIs) {
  const Annotation t_cells = annotate(kTCells);
  const float most =
      *std::max_element(t_cells.calls.confidence.begin(), t_cells.calls.confidence.end());
  EXPECT_GT(most, 0.9F);
  EXPECT_LT(most, 0.999F);
}

TEST(GatedCells, TheNameSaysSo) {
  const Annotation t_cells = annotate(kTCells);
  const std::vector<std::uint32_t> of_event(t_cells.made.truth.size(), 1);
  const std::vector<ClusterRow> rows =
      name_clusters(t_cells.made.store.view(), of_event, std::vector<std::uint32_t>{1},
                    t_cells.model, t_cells.calls, small_knowledge());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].subset, "t");
  EXPECT_NE(rows[0].explanation.find("CD3 shows one population, called positive"),
            std::string::npos)
      << rows[0].explanation;
}

TEST(GatedCells, OneModeAmongTheNegativeCellsStaysNegative) {
  const Annotation nobody =
      annotate({{"nobody", 3000, {0.6, 0.4, 0.5, 4.0}}, {"nobody", 1000, {0.6, 0.4, 0.5, 0.5}}});
  EXPECT_LT(share_called(nobody, "t") + share_called(nobody, "b"), 0.01);
}

TEST(GatedCells, GatedBCellsAreDividedFurther) {
  const Annotation b_cells = annotate({{"naive", 1500, {0.5, 4.5, 4.0, 0.6}},
                                       {"usm", 250, {0.5, 4.5, 3.8, 3.6}},
                                       {"swm", 400, {0.5, 4.5, 0.6, 3.6}}});
  EXPECT_NEAR(share_called(b_cells, "naive"), 1500.0 / 2150.0, 0.03);
  EXPECT_NEAR(share_called(b_cells, "swm"), 400.0 / 2150.0, 0.03);
}

TEST(GatedCells, TooFewMarkersTellNothing) {
  const std::vector<std::vector<Mode>> modes{{{200.0, 10.0, 1.0}},
                                             {{20.0, 8.0, 0.6}, {180.0, 9.0, 0.4}}};
  const std::vector<MarkerRange> ranges(2, MarkerRange{0.0, 5.0});
  EXPECT_EQ(certainty_above(negative_cells_of_others(0, modes, ranges, {true, true}), 200.0), 0.0);
}

TEST(GatedCells, NegativeCellsAreThoseOfMarkersThatShowThem) {
  // Two markers show negative and positive cells, one has negative cells alone, one positive ones alone.
  const std::vector<std::vector<Mode>> modes{{{20.0, 8.0, 0.6}, {180.0, 9.0, 0.4}},
                                             {{24.0, 8.0, 0.6}, {190.0, 9.0, 0.4}},
                                             {{22.0, 8.0, 1.0}},
                                             {{210.0, 8.0, 1.0}},
                                             {{200.0, 10.0, 1.0}}};
  const std::vector<MarkerRange> ranges(5, MarkerRange{0.0, 5.0});
  const Mode negatives = negative_cells_of_others(4, modes, ranges, {true, true, true, true, true});
  EXPECT_EQ(negatives.mass, 3.0);
  EXPECT_NEAR(negatives.position, 22.0, 1e-9);
  // Variance between 4, times 1 + 1/3, and within 64.
  EXPECT_NEAR(negatives.sd, std::sqrt(4.0 * 4.0 / 3.0 + 64.0), 1e-9);
  const double k = (200.0 - 22.0) / negatives.sd;
  EXPECT_NEAR(certainty_above(negatives, 200.0), k * k / (1.0 + k * k), 1e-12);
  EXPECT_EQ(certainty_above(negatives, 21.0), 0.0);
}

}  // namespace
}  // namespace gateless::annotate
