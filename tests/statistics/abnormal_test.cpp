// Abnormal populations of six patients and six healthy people whose fractions are known.
#include "host/statistics/abnormal.hpp"

#include <gtest/gtest.h>

#include "tests/statistics/simulated_counts.hpp"

namespace gateless {
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
  void add_clusters() {
    BCellClusters clusters;
    clusters.clusters = {"7", "8"};
    clusters.subsets = {"b_dn", "b_naive"};
    clusters.names = {"DN", "Naive"};
    clusters.phenotypes = {"CD27-", "IgD+"};
    clusters.is_memory = {true, false};
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
  EXPECT_EQ(rows[0].evidence,
            "by definition; fraction of memory B cells: 6 patients at baseline against 6 healthy "
            "controls, exact Mann-Whitney");
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

TEST_F(Abnormal, WithoutHealthyControlsClustersMustFollowActivity) {
  add_clusters();
  without_healthy();
  const std::vector<AbnormalRow> rows = find_abnormal(input, study);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].cluster, "7");
  EXPECT_FALSE(rows[1].enrichment);
  EXPECT_NE(rows[1].evidence.find("rises with activity"), std::string::npos);
}

TEST_F(Abnormal, WhatThePeopleDoNotAllowIsSaid) {
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
}  // namespace gateless
