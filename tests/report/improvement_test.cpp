// Who improved, by a clinical score or without one.
#include <gtest/gtest.h>

#include "tests/report/three_patients.hpp"

namespace gateless::report {
namespace {

TEST(Answer, SaysWhoImprovedByTheScore) {
  Results results = three_patients();
  results.activity_name = "sledai";
  results.patient_groups = {{"A", "sle"}, {"B", "sle"}, {"C", "sle"}, {"H", "healthy"}};
  results.activity = {{"A", {{"baseline", 14.0}, {"week 24", 4.0}}},
                      {"B", {{"baseline", 9.0}, {"week 24", 9.0}}},
                      {"C", {{"baseline", 6.0}, {"week 24", 8.0}}},
                      {"H", {{"baseline", 1.0}, {"week 24", 0.0}}}};
  const Improvement improvement = told(results).improvement;
  EXPECT_EQ(
      plain(improvement.sentence),
      "By SLEDAI (a fall is an improvement; a fall of any size counts), from baseline to week "
      "24: it fell in 1 of 3 patients (A 14 → 4); rose in 1 (C 6 → 8); stayed in 1 (B 9 → 9).");
  ASSERT_EQ(improvement.lines.size(), 1U);
  EXPECT_EQ(
      plain(improvement.lines[0]),
      "DN B cells: in those who improved it fell in 1 of 1 patient (A) – in the others it fell "
      "in 1 of 2 patients (B); hardly changed in 1 (C).");
}

TEST(Answer, WithoutAScoreNobodyIsCalledImproved) {
  Results results = three_patients();
  Improvement improvement = told(results).improvement;
  EXPECT_EQ(improvement.sentence,
            "Cannot be told: no clinical score was given (a column such as sledai in the sample "
            "sheet, named under compare: activity in the study file). What moved in the subsets "
            "looked for by default, whether for good or bad:");
  ASSERT_EQ(improvement.lines.size(), 3U);
  EXPECT_EQ(plain(improvement.lines[0]), "A: DN B cells fell (−62 %).");
  EXPECT_EQ(plain(improvement.lines[2]), "C: no change is called.");
  results.is_primary_asked = true;
  EXPECT_NE(told(results).improvement.sentence.find("the subsets that were asked for"),
            std::string::npos);
  results.primary = {"absent"};
  improvement = told(results).improvement;
  EXPECT_NE(improvement.sentence.find("None of the subsets that were asked for can be told here."),
            std::string::npos);
  EXPECT_TRUE(improvement.lines.empty());
  EXPECT_EQ(told(Results{}).improvement.sentence, "") << "nobody was compared";
}

TEST(Answer, WithoutAScoreAMarkedSampleIsMarkedThereToo) {
  Results results = three_patients();
  AbundanceRow row;
  row.subset = "dn", row.sample = "C_24", row.patient = "C", row.visit = "week 24", row.panel = "B";
  results.abundance = {row};
  results.qc.resize(1);
  results.qc[0].sample = "C_24", results.qc[0].warnings = "45 % of the events were dropped as dead";
  EXPECT_EQ(plain(told(results).improvement.lines[2]), "C ⚠: no change is called.");
}

TEST(Answer, OfManyPatientsEachSubsetHasALine) {
  Results results = three_patients();
  results.patients.clear();
  for (int index = 0; index < 13; ++index)
    results.patients.push_back(patient(std::to_string(index), "week 24", Call::kDown, -0.5));
  EXPECT_EQ(told(results).improvement.lines,
            std::vector<std::string>{"DN B cells fell in 13 of 13 patients."});
}

}  // namespace
}  // namespace gateless::report
