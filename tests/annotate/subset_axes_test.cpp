// Divisions of the same cells that do not exclude each other: none hides another.
#include "host/annotate/subset_axes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

const std::vector<Level> kNegative{Level::kNeg}, kPositive{Level::kPos};

/// T cells by CD27 (stage) and by IgD, which stands for any other marker (kind); those with much CD19 are an overlay.
Knowledge two_divisions() {
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD19", "IgD", "CD27"})
    knowledge.markers.push_back(known_marker(name));
  knowledge.subsets = {known_subset("all", "", "", {}),
                       known_subset("t", "all", "lineage", {{"CD3", kPositive}}, 1),
                       known_subset("early", "t", "stage", {{"CD27", kPositive}}),
                       known_subset("late", "t", "stage", {{"CD27", kNegative}}),
                       known_subset("helper", "t", "kind", {{"IgD", kPositive}}),
                       known_subset("killer", "t", "kind", {{"IgD", kNegative}}),
                       known_subset("follicular", "t", "", {{"CD19", kPositive}})};
  knowledge.subsets.back().is_overlay = true;
  return knowledge;
}

TEST(SubsetAxes, EveryDivisionOfAnEventIsTold) {
  MadeEvents made;
  add_sample(made, 0,
             {{"none", 3000, {0.5, 0.5, 0.5, 0.5}},
              {"early helper", 1500, {5.0, 0.5, 5.0, 5.0}},
              {"early helper follicular", 600, {5.0, 5.0, 5.0, 5.0}},
              {"late helper", 1500, {5.0, 0.5, 5.0, 0.5}},
              {"late killer", 1500, {5.0, 0.5, 0.5, 0.5}}},
             0.4);
  made.store.seal();
  Progress progress;
  const SubsetModel model = learn_subsets(made.store.view(), made.markers, made.store.ranges(),
                                          two_divisions(), marker_panel(made.markers), 1, progress);
  const SubsetCalls calls = call_subsets(model, made.store.view(), made.store.ranges(), 1);
  ASSERT_EQ(calls.axes, (std::vector<std::string>{"stage", "kind", "follicular"}));
  std::size_t right = 0;
  for (std::size_t event = 0; event < made.truth.size(); ++event) {
    std::string told;
    for (const std::int16_t subset : calls.profiles[calls.profile_of_event[event]]) {
      if (subset < 0) continue;
      told += (told.empty() ? "" : " ") + calls.subsets[static_cast<std::size_t>(subset)];
    }
    right += (told.empty() ? "none" : told) == made.truth[event] ? 1U : 0U;
  }
  EXPECT_GT(right, made.truth.size() * 97 / 100);
}

TEST(SubsetAxes, OneDivisionIsNoAxis) {
  MadeEvents made;
  add_sample(made, 0,
             {{"t", 3000, {5.0, 0.5, 0.5, 4.0}},
              {"naive", 2000, {0.5, 5.0, 5.0, 0.5}},
              {"usm", 2000, {0.5, 5.0, 5.0, 5.0}},
              {"swm", 2000, {0.5, 5.0, 0.5, 5.0}}},
             0.4);
  made.store.seal();
  Progress progress;
  const SubsetModel model =
      learn_subsets(made.store.view(), made.markers, made.store.ranges(), small_knowledge(),
                    marker_panel(made.markers), 1, progress);
  const SubsetCalls calls = call_subsets(model, made.store.view(), made.store.ranges(), 1);
  EXPECT_TRUE(calls.axes.empty());
  EXPECT_TRUE(calls.profile_of_event.empty());
}

}  // namespace
}  // namespace gateless::annotate
