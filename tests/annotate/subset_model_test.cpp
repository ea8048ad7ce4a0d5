#include "host/annotate/subset_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/core/error.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

// IgD of double-negative and switched cells overlaps the positive ones, as on a real panel: among all B cells it
// has one mode and a shoulder.
const std::vector<double> kT{5.0, 0.5, 0.5, 4.0}, kNaive{0.5, 5.0, 4.0, 0.8},
    kUsm{0.5, 5.0, 3.7, 4.0}, kSwm{0.5, 5.0, 1.6, 4.0}, kDn{0.5, 5.0, 1.6, 0.8},
    kNobody{0.5, 0.5, 0.5, 0.5};

std::vector<MadePopulation> blood(std::size_t dn) {
  return {{"t", 6000, kT},    {"naive", 1500, kNaive}, {"usm", 250, kUsm},
          {"swm", 350, kSwm}, {"dn", dn, kDn},         {"nobody", 800, kNobody}};
}

struct Annotation {
  SubsetModel model;
  SubsetCalls calls;
};

Annotation run(const MadeEvents& made, std::size_t threads = 1) {
  Progress progress;
  Annotation result;
  result.model = learn_subsets(made.store.view(), made.markers, made.store.ranges(),
                               small_knowledge(), marker_panel(made.markers), threads, progress);
  result.calls = call_subsets(result.model, made.store.view(), made.store.ranges(), threads);
  return result;
}

std::size_t index_of(const SubsetCalls& calls, const std::string& id) {
  return static_cast<std::size_t>(std::find(calls.subsets.begin(), calls.subsets.end(), id) -
                                  calls.subsets.begin());
}

std::string called(const SubsetCalls& calls, std::size_t event) {
  const std::int16_t subset = calls.subset_of_event[event];
  return subset < 0 ? "nobody" : calls.subsets[static_cast<std::size_t>(subset)];
}

class SubsetModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    add_sample(made_, 0, blood(200), 0.6);
    add_sample(made_, 1, blood(60), 0.6, 0.25);
    add_sample(made_, 2, blood(0), 0.6, -0.2);
    made_.store.seal();
    run_ = run(made_);
  }
  MadeEvents made_;
  Annotation run_;
};

TEST_F(SubsetModelTest, CallsWithTheFitsOfLearningAreThoseWithout) {
  Progress progress;
  Pieces none;
  const LearnedSubsets learned = learn_and_fit_subsets(
      made_.store.view(), made_.markers, {}, made_.store.ranges(), small_knowledge(),
      marker_panel(made_.markers), 2, progress, {}, {}, {}, none);
  EXPECT_EQ(learned.model, run_.model);
  ASSERT_EQ(learned.fits.size(), made_.store.ranges().size());
  for (const auto& fits : learned.fits) ASSERT_EQ(fits.size(), learned.model.mixtures.size());
  const SubsetCalls calls =
      call_subsets(learned.model, made_.store.view(), made_.store.ranges(), 1, learned.fits);
  EXPECT_EQ(calls.subset_of_event, run_.calls.subset_of_event);
  EXPECT_EQ(calls.confidence, run_.calls.confidence);
  EXPECT_EQ(calls.expected, run_.calls.expected);
  EXPECT_EQ(calls.by_mixture, run_.calls.by_mixture);
}

TEST_F(SubsetModelTest, CallsMostEventsRight) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < made_.truth.size(); ++i)
    right += called(run_.calls, i) == made_.truth[i] ? 1U : 0U;
  EXPECT_GT(static_cast<double>(right) / static_cast<double>(made_.truth.size()), 0.98);
}

TEST_F(SubsetModelTest, TheMixtureHoldsWhatARareOverlappingSubsetHolds) {
  const std::size_t dn = index_of(run_.calls, "dn");
  EXPECT_NEAR(run_.calls.by_mixture(0, dn), 200.0, 20.0);
  EXPECT_NEAR(run_.calls.by_mixture(1, dn), 60.0, 15.0);
}

TEST_F(SubsetModelTest, AnAbsentSubsetGetsNextToNothing) {
  const double all = static_cast<double>(made_.store.ranges()[2].count);
  EXPECT_LT(run_.calls.by_mixture(2, index_of(run_.calls, "dn")) / all, 0.0005);
}

TEST_F(SubsetModelTest, WhatNoRuleDescribesIsUnassigned) {
  std::size_t unassigned = 0, all = 0;
  for (std::size_t i = 0; i < made_.truth.size(); ++i) {
    if (made_.truth[i] != "nobody") continue;
    ++all;
    unassigned += run_.calls.subset_of_event[i] < 0 ? 1U : 0U;
  }
  EXPECT_GT(static_cast<double>(unassigned) / static_cast<double>(all), 0.95);
}

TEST_F(SubsetModelTest, ChildrenSumToTheirParent) {
  for (std::size_t s = 0; s < 3; ++s) {
    double sum = 0.0;
    for (const char* id : {"naive", "usm", "swm", "dn"})
      sum += run_.calls.expected(s, index_of(run_.calls, id));
    EXPECT_NEAR(sum, run_.calls.expected(s, index_of(run_.calls, "b")), 0.01 * sum);
  }
}

TEST_F(SubsetModelTest, ConfidenceIsHonest) {
  std::size_t right = 0, sure = 0;
  for (std::size_t i = 0; i < made_.truth.size(); ++i) {
    if (run_.calls.confidence[i] < 0.9F) continue;
    ++sure;
    right += called(run_.calls, i) == made_.truth[i] ? 1U : 0U;
  }
  EXPECT_GT(static_cast<double>(right) / static_cast<double>(sure), 0.97);
}

TEST_F(SubsetModelTest, ThreadsDoNotMatter) {
  const Annotation other = run(made_, 3);
  EXPECT_EQ(other.model, run_.model);
  EXPECT_EQ(other.calls.subset_of_event, run_.calls.subset_of_event);
  EXPECT_EQ(other.calls.confidence, run_.calls.confidence);
  EXPECT_EQ(other.calls.expected, run_.calls.expected);
}

TEST_F(SubsetModelTest, ReturnsFromJsonUnchanged) {
  EXPECT_EQ(subset_model_from_json(to_json(run_.model)), run_.model);
  EXPECT_THROW((void)subset_model_from_json("{}"), InputError);
  EXPECT_THROW((void)subset_model_from_json("not json"), InputError);
  SubsetModel broken = run_.model;
  broken.mixtures.front().parent = 99;
  EXPECT_THROW((void)subset_model_from_json(to_json(broken)), InputError);
}

TEST_F(SubsetModelTest, SaysWhatThePanelCannotTell) {
  ASSERT_EQ(run_.model.unresolved.size(), 1U);
  EXPECT_EQ(run_.model.unresolved[0].id, "plasma");
  EXPECT_EQ(run_.model.unresolved[0].reason, "CD138 is not in the panel");
}

TEST_F(SubsetModelTest, NewSamplesAreCalledWithTheModelOfOthers) {
  MadeEvents later;
  add_sample(later, 5, blood(120), 0.6, 0.15);
  later.store.seal();
  const SubsetCalls calls = call_subsets(run_.model, later.store.view(), later.store.ranges(), 1);
  EXPECT_NEAR(calls.by_mixture(0, index_of(calls, "dn")), 120.0, 18.0);
  EXPECT_NEAR(calls.expected(0, index_of(calls, "t")), 6000.0, 60.0);
}

TEST(SubsetModel, OrderOfMarkersPermutesNothingElse) {
  MadeEvents made;
  add_sample(made, 0, blood(200), 0.6);
  made.store.seal();
  const Annotation straight = run(made);
  MadeEvents turned;
  turned.markers = {"CD27", "IgD", "CD19", "CD3"};
  turned.store = EventStore(turned.markers);
  std::vector<std::vector<float>> columns;
  for (std::size_t m = 4; m-- > 0;) {
    const auto column = made.store.view().marker(m);
    columns.emplace_back(column.begin(), column.end());
  }
  turned.store.append(0, columns);
  turned.store.seal();
  EXPECT_EQ(run(turned).calls.subset_of_event, straight.calls.subset_of_event);
}

TEST(SubsetModel, EmptyAndConstantSamplesAreSurvived) {
  MadeEvents made;
  add_sample(made, 0, {}, 0.6);
  add_sample(made, 1, {{"nobody", 50, kNobody}}, 0.0);
  made.store.seal();
  const Annotation result = run(made);
  EXPECT_EQ(result.calls.expected(0, 0), 0.0);
  EXPECT_EQ(result.calls.expected(1, 0), 50.0);
  for (const double events : result.calls.expected.values()) EXPECT_TRUE(std::isfinite(events));
}

}  // namespace
}  // namespace gateless::annotate
