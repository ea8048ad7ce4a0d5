// What the first screen says of markers within the subsets.
#include "host/report/marker_states.hpp"

#include <gtest/gtest.h>

#include "tests/report/three_patients.hpp"

namespace gateless::report {
namespace {

MarkerChangeRow median_row(const std::string& subset, const std::string& marker, double change,
                           double q) {
  MarkerChangeRow row;
  row.panel = "B", row.subset = row.name = subset, row.marker = marker;
  row.comparison = "week 24 - baseline", row.patients = 8;
  row.median_before = 1.0, row.median_after = 1.0 + change, row.change = change, row.spread = 1.0;
  row.patients_up = change > 0.0 ? 8 : 0, row.patients_down = change < 0.0 ? 8 : 0;
  row.p = q / 2.0, row.q = q, row.p_floor = 0.0078125;
  return row;
}

TEST(MarkerStates, NameTheLargestFirstAndWhatIsSharedApart) {
  Results results;
  results.marker_changes = {
      median_row("T", "pp38", -0.7, 0.01),  median_row("B", "pp38", -0.6, 0.01),
      median_row("NK", "pp38", -0.5, 0.01), median_row("T", "pS6", 0.1, 0.01),
      median_row("B", "pS6", 2.8, 0.01),    median_row("NK", "pS6", 0.4, 0.2),
      median_row("T", "pErk", 0.5, 0.01),   median_row("B", "pErk", 1.0, 0.01),
      median_row("NK", "pErk", -0.4, 0.03)};
  const MarkerStates states = marker_states_of(results, "week 24");
  EXPECT_EQ(states.tested, 9U);
  EXPECT_EQ(states.shared,
            "In every population that was tested: pp38 lower. What all cells share may be the "
            "condition, the stain or the handling.");
  ASSERT_EQ(states.lines.size(), 2U);
  EXPECT_EQ(plain(states.lines[0]), "pS6 higher in B (1.00 → 3.80, 8 of 8 patients, q = 0.01)");
  EXPECT_EQ(plain(states.lines[1]),
            "pErk higher in B (1.00 → 2.00, 8 of 8 patients, q = 0.01), T (1.00 → 1.50, 8 of 8 "
            "patients, q = 0.01); lower in NK (1.00 → 0.60, 8 of 8 patients, q = 0.03)");
  EXPECT_EQ(states.none, "");
}

TEST(MarkerStates, APartThatChangedAsItsWholeIsNotNamed) {
  Results results;
  for (const char* subset : {"CD4 T", "CD8 T"}) {
    AbundanceRow row;
    row.subset = subset, row.parent = "T";
    results.abundance.push_back(row);
  }
  results.marker_changes = {
      median_row("T", "pS6", 1.0, 0.01), median_row("CD4 T", "pS6", 1.1, 0.01),
      median_row("CD8 T", "pS6", 1.5, 0.01), median_row("B", "pS6", 0.0, 0.9)};
  const MarkerStates states = marker_states_of(results, "week 24");
  ASSERT_EQ(states.lines.size(), 1U);
  EXPECT_EQ(states.lines[0].find("CD4 T"), std::string::npos);
  EXPECT_NE(states.lines[0].find("CD8 T"), std::string::npos);
}

TEST(MarkerStates, AParentThatIsItsOwnChildEndsTheSearch) {
  Results results;
  for (const auto& [subset, parent] : {std::pair("A", "B"), std::pair("B", "A")}) {
    AbundanceRow row;
    row.subset = subset, row.parent = parent;
    results.abundance.push_back(row);
  }
  results.marker_changes = {median_row("A", "pS6", 1.0, 0.01), median_row("C", "pS6", 0.0, 0.9)};
  EXPECT_EQ(marker_states_of(results, "week 24").lines.size(), 1U);
}

TEST(MarkerStates, SayThatNothingChanged) {
  Results results;
  EXPECT_EQ(marker_states_of(results, "week 24").tested, 0U);
  results.marker_changes = {median_row("T", "pS6", 2.0, 0.3), median_row("B", "pS6", 0.1, 0.01)};
  EXPECT_EQ(plain(marker_states_of(results, "week 24").none),
            "none of 2 medians changed over all patients together (smallest q = 0.01; 8 patients "
            "cannot give a p below 0.00781, so a change of few markers may be missed)");
  EXPECT_EQ(marker_states_of(results, "week 4").tested, 0U);
}

TEST(MarkerStates, SayThatSoFewPatientsCanTellNothing) {
  Results results;
  results.marker_changes = {median_row("T", "pS6", 2.0, 1.0)};
  results.marker_changes[0].patients = 3, results.marker_changes[0].p_floor = 0.25;
  EXPECT_EQ(marker_states_of(results, "week 24").none,
            "a change over all patients cannot be told, as 3 patients cannot give a p below 0.25");
  results.marker_changes[0].p = results.marker_changes[0].q = std::nullopt;
  EXPECT_EQ(marker_states_of(results, "week 24").none,
            "cannot be told, as too few patients have enough of the cells");
}

}  // namespace
}  // namespace gateless::report
