// A marker that shows one mode in a population is divided where another population of its lineage divides.
#include <gtest/gtest.h>

#include "host/annotate/subset_model.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

Knowledge t_cell_knowledge() {
  const std::vector<Level> neg{Level::kNeg}, pos{Level::kPos};
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD19", "CD4", "CD8", "CD45RA", "CCR7"})
    knowledge.markers.push_back(known_marker(name));
  knowledge.subsets = {known_subset("all", "", "", {}),
                       known_subset("t", "all", "lineage", {{"CD3", pos}}, 1),
                       known_subset("b", "all", "lineage", {{"CD19", pos}}, 2),
                       known_subset("cd4", "t", "coreceptor", {{"CD4", pos}, {"CD8", neg}}),
                       known_subset("cd8", "t", "coreceptor", {{"CD4", neg}, {"CD8", pos}})};
  for (const std::string parent : {"cd4", "cd8"}) {
    const auto add = [&](const char* stage, const auto& ra, const auto& r7) {
      knowledge.subsets.push_back(
          known_subset(parent + stage, parent, parent + "_stage", {{"CD45RA", ra}, {"CCR7", r7}}));
    };
    add(" naive", pos, pos);
    add(" cm", neg, pos);
    add(" em", neg, neg);
    add(" temra", pos, neg);
  }
  return knowledge;
}

// Naive CD4 T cells lie 1.7 spreads above memory cells in CD45RA: together they show one mode. CD8 T cells, of which
// there are few, show two.
TEST(SiblingBorder, DividesWhatShowsOneMode) {
  MadeEvents made;
  made.markers = {"CD3", "CD19", "CD4", "CD8", "CD45RA", "CCR7"};
  made.store = EventStore(made.markers);
  add_sample(made, 0,
             {{"b", 3000, {0.5, 5.0, 0.5, 0.5, 3.0, 3.0}},
              {"cd4 naive", 3000, {5.0, 0.5, 5.0, 0.5, 1.8, 5.0}},
              {"cd4 cm", 2000, {5.0, 0.5, 5.0, 0.5, 0.8, 5.0}},
              {"cd4 em", 2000, {5.0, 0.5, 5.0, 0.5, 0.8, 1.0}},
              {"cd8 naive", 600, {5.0, 0.5, 0.5, 5.0, 2.4, 5.0}},
              {"cd8 em", 500, {5.0, 0.5, 0.5, 5.0, 0.5, 1.0}}},
             0.6);
  made.store.seal();
  Progress progress;
  const SubsetModel model =
      learn_subsets(made.store.view(), made.markers, made.store.ranges(), t_cell_knowledge(),
                    marker_panel(made.markers), 1, progress, {});
  const SubsetCalls calls = call_subsets(model, made.store.view(), made.store.ranges(), 1);
  std::size_t naive = 0, right = 0;
  for (std::size_t event = 0; event < made.truth.size(); ++event) {
    const std::int16_t subset = calls.subset_of_event[event];
    if (subset < 0 || calls.subsets[static_cast<std::size_t>(subset)] != "cd4 naive") continue;
    ++naive;
    right += made.truth[event] == "cd4 naive" ? 1U : 0U;
  }
  EXPECT_GT(right, 1500U);
  EXPECT_LT(naive - right, right / 4);
}

}  // namespace
}  // namespace gateless::annotate
