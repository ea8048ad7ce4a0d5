// What is said of many subsets at once, and whether a change leads to health.
#include <gtest/gtest.h>

#include "tests/report/three_patients.hpp"

namespace gateless::report {
namespace {

TEST(Answer, SaysWhetherAChangeLeadsToHealth) {
  Results results = three_patients();
  results.patients[0].before = 0.2, results.patients[0].after = 0.06;
  results.patients[1].before = 0.04, results.patients[1].after = 0.02;
  for (const char* person : {"H1", "H2", "H3"}) {
    AbundanceRow row;
    row.subset = "dn", row.sample = row.patient = person, row.visit = "baseline", row.panel = "B";
    row.group = "healthy", row.fraction_of_parent = 0.05;
    results.abundance.push_back(row);
  }
  EXPECT_EQ(plain(told(results).statements[0].healthy),
            "Towards the healthy median (5 %, 3 controls) in A; away from it in B.");
  results.abundance.pop_back();
  EXPECT_EQ(told(results).statements[0].healthy, "") << "two people have no median to speak of";
}

TEST(Answer, WhatChangedOverPatientsTogetherIsTold) {
  Results results = three_patients();
  for (const auto& [name, after] :
       {std::pair("A", 0.12), std::pair("B", 0.13), std::pair("C", 0.09)}) {
    PatientRow row = patient(name, "week 24", Call::kNoChange, 0.2);
    row.subset = "nk", row.name = "NK cells", row.before = 0.1, row.after = after;
    results.patients.push_back(row);
  }
  ChangeRow change;
  change.subset = "nk", change.comparison = "week 24 - baseline", change.q = 0.012;
  change.median_before = 0.094, change.median_after = 0.122;
  results.changes.push_back(change);
  ASSERT_EQ(told(results).together.size(), 1U);
  EXPECT_EQ(plain(told(results).together[0]),
            "NK cells rose in 2 of 3 patients (9.4 % → 12.2 %; q = 0.012)");
  results.changes.back().q = 0.06;
  EXPECT_TRUE(told(results).together.empty());
}

TEST(Answer, ASmallChangeThatAllShareIsSaid) {
  Results results = three_patients();
  for (PatientRow& row : results.patients) {
    row.call = Call::kNoChange, row.low = -0.1, row.high = 0.1;
    row.before = 0.2, row.after = 0.21;
  }
  results.changes.clear();
  EXPECT_EQ(told(results).statements[0].beside, "");
  ChangeRow change;
  change.subset = results.patients[0].subset, change.comparison = "week 24 - baseline";
  change.q = 0.012;
  results.changes = {change};
  EXPECT_NE(plain(told(results).statements[0].beside)
                .find("Small in each patient, but alike: it rose in 3 of 3 patients (q = 0.012)."),
            std::string::npos)
      << told(results).statements[0].beside;
}

TEST(Answer, AChangeThatMoreShareThanItIsCalledInIsSaid) {
  Results results = three_patients();
  for (PatientRow& row : results.patients) row.before = 0.2, row.after = 0.1;
  results.patients[3].before = results.patients[3].after = 0.0;
  EXPECT_EQ(told(results).statements[0].beside, "") << "the test tells nothing";
  results.changes[0].q = 0.012;
  EXPECT_EQ(plain(told(results).statements[0].beside),
            "Over all patients together it fell in 3 of 3 patients (q = 0.012).");
  results.patients[2].after = 0.3;
  EXPECT_EQ(told(results).statements[0].beside, "") << "no more than are called";
}

TEST(Answer, SummarisesWhichSubsetsTellTheSameChange) {
  Results results = three_patients();
  for (const char* other : {"sum", "apart"}) {
    PatientRow row = patient("A", "week 24", Call::kDown, -0.6);
    row.subset = row.name = other;
    results.patients.push_back(row);
  }
  EXPECT_EQ(told(results).summary,
            "3 subsets changed in some patient, what is told above among them.");
  results.parts = {{"sum", {"dn", "rare"}}};
  for (const auto& [subset, events] : {std::pair("dn", 80.0), std::pair("sum", 100.0)}) {
    AbundanceRow row;
    row.subset = subset, row.events = events;
    results.abundance.push_back(row);
  }
  EXPECT_EQ(
      told(results).summary,
      "3 subsets changed in some patient, what is told above among them. 2 of them are mostly the "
      "same cells as another of "
      "them or the other side of its change: sum with DN B cells.");
  results.abundance[0].events = 40.0;
  EXPECT_EQ(told(results).summary,
            "3 subsets changed in some patient, what is told above among them.")
      << "less than half of it";
}

}  // namespace
}  // namespace gateless::report
