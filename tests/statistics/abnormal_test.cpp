// Abnormal populations of six patients and six healthy people whose fractions are known.
#include "host/statistics/abnormal.hpp"

#include <gtest/gtest.h>

#include "tests/statistics/simulated_counts.hpp"

namespace gateless::statistics {
namespace {

/// Patients have 10 to 15 % DN among memory B cells, the healthy 2 to 7 %; activity follows DN.
class Abnormal : public testing::Test {
 protected:
  Abnormal() {
    study.compare.activity = "sledai";
    for (int person = 0; person < 12; ++person) {
      const bool is_healthy = person >= 6;
      Sample sample;
      sample.patient = fmt::format("{}{}", is_healthy ? "H" : "P", person);
      sample.visit = "baseline";
      sample.group = is_healthy ? "healthy" : "sle";
      sample.file = sample.patient + ".fcs";
      if (!is_healthy) sample.numbers["sledai"] = 4.0 + person;
      study.samples.push_back(sample);
      const double dn = is_healthy ? 20.0 + 10.0 * (person - 6) : 100.0 + 10.0 * person;
      add(sample, "b_dn", "b_cell", dn);
      add(sample, "b_swm", "b_cell", 1'000.0 - dn);
    }
    input.defined = {{.id = "b_dn", .phenotype = "IgD- CD27-"},
                     {.id = "b_not_measured", .phenotype = ""}};
    input.memory_b = {"b_dn", "b_swm"};
  }
  void add(const Sample& sample, const std::string& subset, const std::string& parent,
           double events) {
    AbundanceRow row = counted_row(sample, subset, events, 4'000);
    row.parent = parent;
    input.abundance.push_back(row);
  }
  void without_healthy() {
    std::erase_if(study.samples, [](const Sample& sample) { return sample.group == "healthy"; });
  }
  /// Patients and healthy people are measured in the batches of these names, in turns.
  void set_batches(const std::vector<std::string>& of_patients,
                   const std::vector<std::string>& of_healthy) {
    for (std::size_t person = 0; person < 12; ++person) {
      const std::vector<std::string>& names = person < 6 ? of_patients : of_healthy;
      study.samples[person].batch = names[person % names.size()];
    }
  }
  void add_clusters() {
    BCellClusters clusters;
    clusters.clusters = {"7", "8"};
    clusters.subsets = {"b_dn", "b_naive"};
    clusters.names = {"DN", "Naive"};
    clusters.phenotypes = {"CD27-", "IgD+"};
    clusters.is_memory = {true, false};
    clusters.is_non_reactive = {false, false};
    clusters.counts = Matrix<double>(12, 2);
    for (std::size_t person = 0; person < 12; ++person) {
      clusters.samples.push_back(study.samples[person].file);
      const double events = input.abundance[2 * person].events;
      clusters.counts(person, 0) = events;
      clusters.counts(person, 1) = 4'000 - events;
    }
    input.discovered.push_back(clusters);
  }
  Study study;
  AbnormalInput input;
};

TEST_F(Abnormal, DefinedSubsetIsComparedWithTheHealthy) {
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].subset, "b_dn");
  EXPECT_DOUBLE_EQ(*rows[0].fraction_of_memory_b, 0.125);
  EXPECT_NEAR(*rows[0].enrichment, 0.125 / 0.045, 1e-12);
  EXPECT_NEAR(*rows[0].p, 2.0 / 924.0, 1e-12);  // no overlap: the floor of 6 against 6
  EXPECT_EQ(rows[0].q, rows[0].p);
  EXPECT_DOUBLE_EQ(*rows[0].activity_rho, 1.0);
  EXPECT_EQ(rows[0].patients_present, 6U);
  EXPECT_EQ(rows[0].patients_quantifiable, 6U);
  EXPECT_EQ(rows[0].evidence,
            "by definition; fraction of memory B cells: 6 patients at baseline against 6 healthy "
            "controls, exact Mann-Whitney; batches not known, an excess may be theirs");
}

TEST_F(Abnormal, WithoutHealthyControlsNoEnrichmentIsClaimed) {
  without_healthy();
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].enrichment || rows[0].p || rows[0].q);
  EXPECT_NE(rows[0].evidence.find("without healthy controls it cannot be said"), std::string::npos);
  EXPECT_DOUBLE_EQ(*rows[0].activity_rho, 1.0);
}

TEST_F(Abnormal, ClustersThatPatientsHaveMoreOfAreFound) {
  add_clusters();
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].cluster, "7");
  EXPECT_GT(*rows[1].enrichment, 1.0);
  EXPECT_NE(rows[1].evidence.find("by discovery; fraction of B cells"), std::string::npos);
  EXPECT_DOUBLE_EQ(*rows[1].fraction_of_memory_b, 1.0);  // the only memory cluster
}

TEST_F(Abnormal, NaiveClustersAreNotSearched) {
  add_clusters();
  input.discovered[0].is_non_reactive = {true, false};
  EXPECT_EQ(find_abnormal(input, study).size(), 1U);  // what is defined
}

TEST_F(Abnormal, WithoutHealthyControlsClustersMustFollowActivity) {
  add_clusters();
  without_healthy();
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].cluster, "7");
  EXPECT_FALSE(rows[1].enrichment);
  EXPECT_NE(rows[1].evidence.find("rises with activity"), std::string::npos);
}

TEST_F(Abnormal, BatchesOfEqualSharesDoNotMatter) {
  set_batches({"day 1", "day 2", "day 3"}, {"day 1", "day 2", "day 3"});
  const AbnormalRow row = find_abnormal(input, study)[0];
  EXPECT_NEAR(*row.p, 2.0 / 924.0, 1e-12);
  EXPECT_EQ(row.evidence.find("batch"), std::string::npos);
  EXPECT_TRUE(limits_of_discovery(study).empty());
}

TEST_F(Abnormal, PeopleAreComparedWithinBatchesOfUnequalShares) {
  set_batches({"day 1", "day 1", "day 2"}, {"day 1", "day 2", "day 2"});
  const AbnormalRow row = find_abnormal(input, study)[0];
  // 4 + 2 people on day 1, 2 + 4 on day 2
  EXPECT_NEAR(*row.p, 2.0 / (15.0 * 15.0), 1e-12);
  EXPECT_NE(row.evidence.find("exact Mann-Whitney within batches"), std::string::npos);
}

TEST_F(Abnormal, NoExcessIsClaimedWhereBatchAndDiseaseAreOne) {
  add_clusters();
  set_batches({"day 1"}, {"day 2"});
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 1U);  // nothing is discovered
  EXPECT_EQ(rows[0].p, 1.0);
  EXPECT_NE(rows[0].evidence.find("an excess may be the batches' own"), std::string::npos);
  ASSERT_EQ(limits_of_discovery(study).size(), 1U);
  EXPECT_NE(limits_of_discovery(study)[0].find("1 against 1, where p cannot be below 1, so that no "
                                               "abnormal population can be discovered"),
            std::string::npos);
}

TEST_F(Abnormal, BatchesOfOneGroupCountOnce) {
  add_clusters();
  set_batches({"1", "2", "3", "4", "5", "6"}, {"7", "8", "9", "10", "11", "12"});
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NEAR(*rows[0].p, 2.0 / 924.0, 1e-12);
  set_batches({"1", "2"}, {"7", "8", "9"});
  EXPECT_NEAR(*find_abnormal(input, study)[0].p, 2.0 / 10.0, 1e-12);
}

TEST_F(Abnormal, WhatMostHealthyPeopleLackIsFoundToo) {
  add_clusters();
  for (std::size_t person = 6; person < 12; ++person) input.discovered[0].counts(person, 0) = 0.0;
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].cluster, "7");
  // 125 of 4,000 against half an event of the healthy's median, 3,955
  EXPECT_NEAR(*rows[1].enrichment, 125.0 / 4'000 / (0.5 / 3'955), 1e-9);
  EXPECT_NE(rows[1].evidence.find("the least it can be"), std::string::npos);
}

TEST_F(Abnormal, WhatThePeopleDoNotAllowIsSaid) {
  ASSERT_EQ(limits_of_discovery(study).size(), 1U);
  EXPECT_NE(limits_of_discovery(study)[0].find("does not say in which batch"), std::string::npos);
  set_batches({"day 1"}, {"day 1"});
  EXPECT_TRUE(limits_of_discovery(study).empty());
  Study few = study;
  few.samples.resize(8);  // six patients, two healthy: 2 of 28 orders
  ASSERT_EQ(limits_of_discovery(few).size(), 1U);
  EXPECT_NE(limits_of_discovery(few)[0].find("p cannot be below 0.071"), std::string::npos);
  without_healthy();
  ASSERT_EQ(limits_of_discovery(study).size(), 1U);
  EXPECT_NE(limits_of_discovery(study)[0].find("that rise with the activity score"),
            std::string::npos);
  study.compare.activity.clear();
  EXPECT_NE(limits_of_discovery(study)[0].find("none can be discovered"), std::string::npos);
}

TEST_F(Abnormal, EachPersonCountsOnceAtBaseline) {
  Sample later = study.samples[0];
  later.visit = "week 24";
  later.file = "later.fcs";
  study.samples.insert(study.samples.begin(), later);
  add(later, "b_dn", "b_cell", 4'000);
  add(later, "b_swm", "b_cell", 1);
  EXPECT_DOUBLE_EQ(*find_abnormal(input, study)[0].fraction_of_memory_b, 0.125);
}

}  // namespace
}  // namespace gateless::statistics
