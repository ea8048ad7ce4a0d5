// A marker whose negative, dim and positive cells run into each other.
#include <gtest/gtest.h>

#include <string>

#include "host/annotate/subset_model.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

Knowledge t_cells(bool is_graded) {
  const std::vector<Level> neg{Level::kNeg}, dim{Level::kNeg, Level::kLow}, pos{Level::kPos};
  Knowledge knowledge;
  for (const char* name : {"CD45RA", "CCR7"}) knowledge.markers.push_back(known_marker(name));
  knowledge.markers.back().is_graded = is_graded;
  knowledge.subsets = {known_subset("t", "", "", {}),
                       known_subset("naive", "t", "stage", {{"CD45RA", pos}, {"CCR7", pos}}),
                       known_subset("cm", "t", "stage", {{"CD45RA", neg}, {"CCR7", pos}}),
                       known_subset("em", "t", "stage", {{"CD45RA", neg}, {"CCR7", dim}}),
                       known_subset("temra", "t", "stage", {{"CD45RA", pos}, {"CCR7", dim}})};
  return knowledge;
}

/// Share of the events of `of` that are called so.
double recall(bool is_graded, const std::vector<MadePopulation>& populations,
              const std::string& of) {
  MadeEvents made;
  made.markers = {"CD45RA", "CCR7"};
  made.store = EventStore(made.markers);
  add_sample(made, 0, populations, 0.4);
  made.store.seal();
  Progress progress;
  const SubsetModel model =
      learn_subsets(made.store.view(), made.markers, made.store.ranges(), t_cells(is_graded),
                    marker_panel(made.markers), 1, progress);
  const SubsetCalls calls = call_subsets(model, made.store.view(), made.store.ranges(), 1);
  double all = 0.0, right = 0.0;
  for (std::size_t i = 0; i < made.truth.size(); ++i) {
    if (made.truth[i] != of) continue;
    const std::int16_t called = calls.subset_of_event[i];
    all += 1.0;
    right += called >= 0 && calls.subsets[static_cast<std::size_t>(called)] == of ? 1.0 : 0.0;
  }
  return right / all;
}

const MadePopulation kNaive{"naive", 3000, {4.0, 4.3}};

TEST(GradedMarker, DimCellsAreNotPositive) {
  const std::vector<MadePopulation> cells{
      kNaive, {"cm", 900, {0.8, 3.9}}, {"em", 700, {0.8, 2.7}}, {"em", 700, {0.8, 0.3}}};
  EXPECT_GT(recall(true, cells, "em"), 0.93);
  EXPECT_GT(recall(true, cells, "cm"), 0.85);
  EXPECT_GT(recall(true, cells, "em"), recall(false, cells, "em") + 0.05);
}

TEST(GradedMarker, SomewhatDimmerCellsStayPositive) {
  const std::vector<MadePopulation> cells{
      kNaive, {"cm", 1500, {0.8, 3.6}}, {"em", 900, {0.8, 0.5}}};
  EXPECT_GT(recall(true, cells, "cm"), 0.9);
}

}  // namespace
}  // namespace gateless::annotate
