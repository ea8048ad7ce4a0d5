// The borders of each parent and what lies beyond them, on events that one can count.
#include "host/annotate/back_gates.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

#include "host/annotate/dividing_pairs.hpp"
#include "host/core/packed_levels.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

struct Called {
  MadeEvents made;
  SubsetModel model;
  SubsetCalls calls;
};

Called called() {
  Called result;
  MadeEvents& made = result.made;
  made.markers = {"CD3", "CD19", "IgD", "CD27"};
  for (const std::size_t sample : {std::size_t{0}, std::size_t{1}}) {
    add_sample(made, sample,
               {{"t", 500, {5.0, 0.5, 0.5, 4.0}},
                {"naive", sample == 0 ? 300U : 100U, {0.5, 5.0, 4.5, 0.5}},
                {"swm", 300, {0.5, 5.0, 0.5, 4.0}}},
               0.3);
  }
  made.store.seal();
  Progress progress;
  result.model = learn_subsets(made.store.view(), made.markers, made.store.ranges(),
                               small_knowledge(), marker_panel(made.markers), 1, progress);
  result.calls = call_subsets(result.model, made.store.view(), made.store.ranges(), 1);
  return result;
}

const BackGate& picture_of(const std::vector<BackGate>& gates, const std::string& x,
                           const std::string& y) {
  for (const BackGate& gate : gates) {
    if (gate.x_marker == x && gate.y_marker == y) return gate;
    if (gate.x_marker == y && gate.y_marker == x) return gate;
  }
  throw std::runtime_error(fmt::format("no picture of {} and {}", x, y));
}

TEST(BackGates, TheBordersOfEachSampleDivideItsEvents) {
  const Called data = called();
  const std::vector<BackGate> gates = back_gates(data.made.store.view(), data.made.store.ranges(),
                                                 data.model, data.calls, 100'000, 1);
  const BackGate& gate = picture_of(gates, "IgD", "CD27");
  ASSERT_EQ(gate.samples.size(), 2U);
  const bool is_turned = gate.x_marker == "CD27";
  for (const BackGateSample& sample : gate.samples) {
    EXPECT_NEAR(std::accumulate(sample.fractions.begin(), sample.fractions.end(), 0.0), 1.0, 1e-12);
    ASSERT_EQ(sample.x_borders.size(), gate.x_parts - 1);
    EXPECT_GT(sample.x_borders[0], 1.0);
    EXPECT_LT(sample.x_borders[0], 4.0);
  }
  // The naive cells have IgD alone: one of 300 of 600, one of 100 of 400.
  const std::size_t naive = is_turned ? 2 : 1;
  EXPECT_NEAR(gate.samples[0].fractions[naive], 0.5, 0.02);
  EXPECT_NEAR(gate.samples[1].fractions[naive], 0.25, 0.02);
  EXPECT_EQ(gate.parts[naive], "naive cells");
}

TEST(BackGates, DoNotDependOnThreads) {
  const Called data = called();
  const auto draw = [&](std::size_t threads) {
    return back_gates(data.made.store.view(), data.made.store.ranges(), data.model, data.calls,
                      100'000, threads);
  };
  const std::vector<BackGate> one = draw(1), four = draw(4);
  ASSERT_EQ(one.size(), four.size());
  for (std::size_t g = 0; g < one.size(); ++g) {
    for (std::size_t s = 0; s < one[g].samples.size(); ++s)
      EXPECT_EQ(one[g].samples[s].counts, four[g].samples[s].counts);
  }
}

TEST(DividingPairs, AMarkerAloneStandsBesideOneThatTellsItsParent) {
  SubsetModel model;
  model.markers = {"CD3", "CD19", "CD56"};
  model.subsets = {{"all", "All", -1, false, 1.0},
                   {"t", "T cells", 0, false, 0.5},
                   {"b", "B cells", 0, false, 0.5},
                   {"nkt", "NKT-like", 1, true, 0.1}};
  LearnedMarker two;
  two.levels = {{0, 1, "-"}, {4, 1, "+"}};
  LearnedMarker cd19 = two, cd56 = two;
  cd19.marker = 1;
  cd56.marker = 2;
  const auto one = [](std::int16_t subset, std::vector<std::vector<double>> share) {
    SubsetClass result;
    result.subset = subset;
    result.level_share = std::move(share);
    result.is_free.assign(result.level_share.size(), false);
    return result;
  };
  model.mixtures.resize(2);
  model.mixtures[0].parent = 0;
  model.mixtures[0].markers = {two, cd19};
  model.mixtures[0].classes = {one(1, {{0, 1}, {1, 0}}), one(2, {{1, 0}, {0, 1}})};
  model.mixtures[1].parent = 1;
  model.mixtures[1].markers = {cd56};
  model.mixtures[1].classes = {one(3, {{0, 1}}), one(-1, {{1, 0}})};
  const std::vector<DividingPair> pairs = dividing_pairs(model);
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].parts, (std::vector<std::string>{"", "T cells", "B cells", ""}));
  EXPECT_EQ(pairs[1].x, 2U);
  EXPECT_EQ(pairs[1].y, 0U);
  EXPECT_FALSE(pairs[1].y_marker.has_value());
  EXPECT_EQ(pairs[1].parts, (std::vector<std::string>{"", "NKT-like"}));
}

}  // namespace
}  // namespace gateless::annotate
