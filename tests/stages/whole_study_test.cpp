// A whole study from files in memory to calls: what is planted is found.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "host/core/shown_scale.hpp"
#include "host/stages/cluster_counts.hpp"
#include "host/stages/compare.hpp"
#include "host/stages/describe.hpp"
#include "host/stages/measure.hpp"
#include "host/stages/study_facts.hpp"
#include "host/stages/subset_labels.hpp"
#include "tests/stages/trained_study.hpp"

namespace gateless::stages {
namespace {

using WholeStudy = TrainedStudy;

TEST_F(WholeStudy, StagesFollowEachOther) {
  EXPECT_EQ(heard_->overlaps, 0);
  EXPECT_FALSE(heard_->is_open);
  const std::vector<Stage> expected{Stage::kRead,     Stage::kPool,     Stage::kTransform,
                                    Stage::kCluster,  Stage::kAnnotate, Stage::kCluster,
                                    Stage::kAnnotate, Stage::kPlace};
  EXPECT_EQ(heard_->stages, expected);
}

TEST_F(WholeStudy, KeepsEachPieceUnderItsPanel) {
  for (const std::string& name : pieces_->names) EXPECT_EQ(name.rfind("panel 1 ", 0), 0U) << name;
}

TEST_F(WholeStudy, PoolHoldsEveryEventThatWasKept) {
  ASSERT_EQ(found_->panels.size(), 1U);
  ASSERT_EQ(panel().events.samples.size(), 9U);
  std::size_t kept = 0;
  for (const PooledSample& sample : panel().events.samples) kept += sample.kept_events.size();
  EXPECT_EQ(panel().events.store.events(), kept);
  EXPECT_GT(kept, 40'000U);
}

TEST_F(WholeStudy, IdsOfMetaclustersFollowOverMaps) {
  ASSERT_EQ(panel().maps.size(), 2U);
  EXPECT_EQ(panel().maps[0].first, MetaclusterId(1));
  EXPECT_EQ(panel().maps[1].first, panel().maps[0].next_id());
  EXPECT_EQ(panel().maps[1].parent, "b_cell");
  ASSERT_EQ(panel().clusters.size(), panel().maps[1].next_id().value() - 1);
  for (std::size_t row = 0; row < panel().clusters.size(); ++row)
    EXPECT_EQ(panel().clusters[row].metacluster, row + 1);
}

TEST_F(WholeStudy, MapOfASubsetHoldsItsEventsAlone) {
  const PopulationMap& refined = panel().maps[1];
  ASSERT_FALSE(refined.holds_all());
  EXPECT_TRUE(std::is_sorted(refined.chosen.begin(), refined.chosen.end()));
  for (std::size_t event = 0; event < refined.events(); event += 97) {
    const std::int16_t called = panel().calls.subset_of_event[refined.place(event)];
    ASSERT_GE(called, 0);
    EXPECT_NE(panel().calls.subsets[static_cast<std::size_t>(called)], "t_cell");
  }
}

TEST_F(WholeStudy, CountsOfClustersAddUpToTheEvents) {
  const std::vector<ClusterCountRow> rows = cluster_counts(*found_);
  std::uint64_t own = 0, refined = 0;
  for (const ClusterCountRow& row : rows) (row.map.empty() ? own : refined) += row.events;
  EXPECT_EQ(own, panel().events.store.events());
  EXPECT_EQ(refined, panel().maps[1].chosen.size());
}

TEST_F(WholeStudy, MeasuresWhatIsPlanted) {
  const Measured measured = measure(*found_, planted_->study.compare, 2);
  const auto fraction = [&](const std::string& sample, const std::string& subset) {
    const auto row = std::find_if(
        measured.abundance.begin(), measured.abundance.end(),
        [&](const AbundanceRow& each) { return each.sample == sample && each.subset == subset; });
    return row == measured.abundance.end() ? -1.0 : row->fraction_of_parent.value_or(-1.0);
  };
  EXPECT_NEAR(fraction("P1_baseline", "dn"), 400.0 / 2200.0, 0.02);
  EXPECT_NEAR(fraction("P1_week24", "dn"), 100.0 / 1900.0, 0.02);
  EXPECT_NEAR(fraction("H1_baseline", "b_cell"), 1900.0 / 4900.0, 0.02);
  EXPECT_NEAR(fraction("P2_baseline", "memory_b"), 1000.0 / 2200.0, 0.02);
}

/// The value that `share` of the values lie below, the lower of two.
double quantile_by_sorting(std::vector<float> values, double share) {
  std::sort(values.begin(), values.end());
  return static_cast<double>(
      values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))]);
}

TEST_F(WholeStudy, MediansOfMarkersAreThoseOfTheLabelledEvents) {
  const std::vector<MarkerMediansRow> rows =
      measure(*found_, planted_->study.compare, 2).marker_medians;
  const SampleRange range = panel().events.store.ranges()[1];
  const std::vector<ResolvedSubset>& subsets = panel().subsets.subsets;
  const auto is_within = [&](std::int16_t called, const std::string& subset) {
    for (; called >= 0; called = subsets[static_cast<std::size_t>(called)].parent)
      if (subsets[static_cast<std::size_t>(called)].id == subset) return true;
    return false;
  };
  for (const std::string subset : {"b_cell", "dn", "t_cell"}) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const MarkerMediansRow& each) {
      return each.sample == "P1_week24" && each.subset == subset;
    });
    ASSERT_NE(row, rows.end()) << subset;
    ASSERT_EQ(row->markers.size(), panel().events.markers.size());
    for (std::size_t marker = 0; marker < row->markers.size(); ++marker) {
      std::vector<float> values;
      for (std::size_t event = range.first; event < range.first + range.count; ++event)
        if (is_within(panel().calls.subset_of_event[event], subset))
          values.push_back(panel().events.store.view().marker(marker)[event]);
      EXPECT_EQ(row->events, values.size());
      const ShownScale shown(panel().events.transforms[marker]);
      EXPECT_EQ(row->markers[marker].median, shown(quantile_by_sorting(values, 0.5))) << subset;
      EXPECT_EQ(row->markers[marker].spread, 0.5 * (shown(quantile_by_sorting(values, 0.84)) -
                                                    shown(quantile_by_sorting(values, 0.16))));
    }
  }
}

TEST_F(WholeStudy, MarkersThatDefineASubsetAreNotCompared) {
  Recorder heard;
  const Measured measured = measure(*found_, planted_->study.compare, 2);
  const Compared compared = compare(*found_, planted_->study, measured.abundance,
                                    measured.marker_medians, planted_->knowledge.primary, heard);
  std::set<std::string> asked;
  for (const MarkerChangeRow& row : compared.marker_changes) {
    asked.insert(row.subset + " " + row.marker);
    EXPECT_EQ(row.patients, 3U);
    EXPECT_NEAR(*row.change, 0.0, 0.1) << row.subset << " " << row.marker;
  }
  EXPECT_TRUE(asked.contains("t_cell CD27"));
  EXPECT_TRUE(asked.contains("dn CD3"));
  for (const char* never : {"t_cell CD3", "dn CD27", "dn IgD", "dn CD19", "all CD27"})
    EXPECT_FALSE(asked.contains(never)) << never;
}

TEST_F(WholeStudy, FindsTheChangeAndTheAbnormalSubset) {
  Recorder heard;
  const Measured measured = measure(*found_, planted_->study.compare, 2);
  const Compared compared = compare(*found_, planted_->study, measured.abundance,
                                    measured.marker_medians, planted_->knowledge.primary, heard);
  int down = 0;
  for (const PatientRow& row : compared.patients)
    if (row.subset == "dn" && row.call == Call::kDown) ++down;
  EXPECT_EQ(down, 3);
  EXPECT_TRUE(std::any_of(compared.abnormal.begin(), compared.abnormal.end(),
                          [](const AbnormalRow& row) { return row.subset == "dn"; }));
  const auto change = std::find_if(compared.changes.begin(), compared.changes.end(),
                                   [](const ChangeRow& row) { return row.subset == "dn"; });
  ASSERT_NE(change, compared.changes.end());
  EXPECT_EQ(change->family, "primary");
  EXPECT_EQ(change->patients_down, 3U);
}

TEST_F(WholeStudy, ASampleUnlikeAllOthersOfItsPersonIsNamed) {
  Measured measured = measure(*found_, planted_->study.compare, 2);
  int which = 0;
  for (AbundanceRow& row : measured.abundance) {
    if (row.visit != "week24" || !row.fraction_of_parent) continue;
    const double factor = ++which % 2 == 0 ? 0.2 : 2.5;
    for (Number* value : {&row.fraction_of_parent, &row.low, &row.high})
      *value = std::min(0.99, factor * value->value_or(0.0));
    row.events = *row.fraction_of_parent * row.parent_events;
  }
  Recorder heard;
  const Compared compared = compare(*found_, planted_->study, measured.abundance,
                                    measured.marker_medians, planted_->knowledge.primary, heard);
  ASSERT_TRUE(compared.noise);
  EXPECT_GT(*compared.noise, 0.3);
  EXPECT_TRUE(std::any_of(heard.warnings.begin(), heard.warnings.end(), [](const std::string& one) {
    return one.find("beyond counting") != std::string::npos &&
           one.find("the most unlike is P") != std::string::npos;
  }));
}

TEST_F(WholeStudy, ARatioIsComparedAsSuch) {
  Recorder heard;
  const Measured measured = measure(*found_, planted_->study.compare, 2);
  const auto ratio =
      std::find_if(measured.abundance.begin(), measured.abundance.end(),
                   [](const AbundanceRow& row) { return row.subset == "naive_to_swm"; });
  ASSERT_NE(ratio, measured.abundance.end());
  EXPECT_NEAR(*ratio->fraction_of_parent, 1200.0 / 350.0, 0.4);
}

TEST_F(WholeStudy, FactsNameSubsetsVisitsAndGroups) {
  Results results;
  describe_study(planted_->study, planted_->knowledge, results);
  EXPECT_EQ(results.visits, (std::vector<std::string>{"baseline", "week24"}));
  EXPECT_EQ(results.primary, std::vector<std::string>{"dn"});
  EXPECT_EQ(results.secondary, std::vector<std::string>{"usm"});
  EXPECT_EQ(results.patient_groups.size(), 6U);
  EXPECT_EQ(results.definitions.size(), planted_->knowledge.subsets.size());
  const auto dn = std::find_if(results.definitions.begin(), results.definitions.end(),
                               [](const SubsetDefinition& one) { return one.subset == "dn"; });
  ASSERT_NE(dn, results.definitions.end());
  ASSERT_FALSE(dn->rules.empty());
  EXPECT_NE(std::find(dn->rules[0].begin(), dn->rules[0].end(),
                      std::pair<std::string, std::string>("IgD", "-")),
            dn->rules[0].end());
}

TEST_F(WholeStudy, DescribesClustersChannelsAndPictures) {
  const Results results = describe(*found_, 2);
  EXPECT_EQ(results.clusters.size(), panel().clusters.size());
  EXPECT_EQ(results.channels.size(), 4U);
  ASSERT_EQ(results.qc.size(), 9U);
  EXPECT_EQ(results.qc.front().sample, "P1_baseline");
  for (const QcRow& row : results.qc) {
    ASSERT_TRUE(row.batch_shift.has_value());
    EXPECT_EQ(row.spreads.size(), 4U) << row.sample;
  }
  EXPECT_EQ(results.node_trees.size(), 2U);
  ASSERT_EQ(results.sampled_events.size(), 1U);
  EXPECT_EQ(results.sampled_events.front().markers.size(), 4U);
  EXPECT_FALSE(results.back_gates.empty());
}

TEST_F(WholeStudy, LabelsAreCountedAsTheFilesOfEventsWriteThem) {
  const SubsetLabels labels(found_->panels, planted_->knowledge);
  EXPECT_EQ(labels.labels()[0].id, "dropped");
  EXPECT_EQ(labels.labels()[1].id, "unassigned");
  double labelled = 0.0;
  for (std::size_t event = 0; event < panel().events.store.events(); ++event) {
    const auto number = static_cast<std::size_t>(labels.of(0, event));
    if (labels.labels()[number].id == "t_cell") labelled += 1.0;
  }
  double counted = 0.0;
  for (const AbundanceRow& row : measure(*found_, planted_->study.compare, 2).abundance)
    if (row.subset == "t_cell") counted += row.labelled_events.value_or(0.0);
  EXPECT_EQ(counted, labelled);
}

}  // namespace
}  // namespace gateless::stages
