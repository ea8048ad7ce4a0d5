// Changes of marker medians over patients: who counts, what is averaged, which markers are asked at all.
#include "host/statistics/marker_change.hpp"

#include <gtest/gtest.h>

namespace gateless::statistics {
namespace {

struct MadeStudy {
  Study study;
  std::vector<MarkerMediansRow> rows;

  /// A file of T cells with the medians of pS6 and CD3.
  void add(const std::string& patient, const std::string& visit, double ps6,
           std::uint64_t events = 1000, const std::string& group = "lupus") {
    Sample sample;
    sample.file = patient + visit + std::to_string(rows.size());
    sample.patient = patient;
    sample.visit = visit;
    sample.group = group;
    study.samples.push_back(sample);
    MarkerMediansRow row;
    row.sample = sample.file, row.patient = patient, row.visit = visit, row.group = group;
    row.panel = "signal", row.subset = "t_cell", row.name = "T cells", row.events = events;
    row.markers = {{"pS6", ps6, 0.5}, {"CD3", 2.0 * ps6, 0.4}};
    rows.push_back(row);
  }
};

/// Six patients; pS6 rises by 0.1 to 0.6 in all.
MadeStudy six_patients() {
  MadeStudy made;
  double rise = 0.0;
  for (const char* patient : {"P1", "P2", "P3", "P4", "P5", "P6"}) {
    made.add(patient, "baseline", 1.0);
    made.add(patient, "week 4", 1.0 + (rise += 0.1));
  }
  return made;
}

TEST(MarkerChange, IsThatOfThePairedTest) {
  const MadeStudy made = six_patients();
  const std::vector<MarkerChangeRow> rows = compare_markers(made.rows, made.study, {});
  ASSERT_EQ(rows.size(), 2U);
  const MarkerChangeRow& row = rows[0];
  EXPECT_EQ(row.marker, "pS6");
  EXPECT_EQ(row.comparison, "week 4 - baseline");
  EXPECT_EQ(row.patients, 6U);
  EXPECT_EQ(row.patients_up, 6U);
  EXPECT_NEAR(*row.median_before, 1.0, 1e-12);
  EXPECT_NEAR(*row.median_after, 1.35, 1e-12);
  EXPECT_NEAR(*row.change, 0.35, 1e-12);  // R: wilcox.test(1:6 / 10, conf.int = TRUE)$estimate
  EXPECT_NEAR(*row.change_low, 0.1, 1e-12);
  EXPECT_NEAR(*row.change_high, 0.6, 1e-12);
  EXPECT_NEAR(*row.spread, 0.5, 1e-12);
  EXPECT_NEAR(*row.p, 0.03125, 1e-12);
  EXPECT_NEAR(*row.q, 0.03125, 1e-12);
  EXPECT_EQ(row.test, "exact paired Wilcoxon");
}

TEST(MarkerChange, DefiningMarkersAreNotAsked) {
  const MadeStudy made = six_patients();
  const std::vector<MarkerChangeRow> rows =
      compare_markers(made.rows, made.study, {{{"signal", "t_cell"}, {"CD3"}}});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].marker, "pS6");
}

TEST(MarkerChange, FewCellsHealthyPeopleAndControlsDoNotCount) {
  MadeStudy made = six_patients();
  made.rows[1].events = 50;  // not more than is quantifiable
  made.add("H1", "baseline", 1.0, 1000, "healthy");
  made.add("H1", "week 4", 9.0, 1000, "healthy");
  made.add("P2", "week 4", 99.0);
  made.study.samples.back().is_control = true;
  const std::vector<MarkerChangeRow> rows = compare_markers(made.rows, made.study, {});
  EXPECT_EQ(rows[0].patients, 5U);
  EXPECT_NEAR(*rows[0].median_after, 1.4, 1e-12);
}

TEST(MarkerChange, ReplicatesAreAveragedByTheirEvents) {
  MadeStudy made;
  made.add("P1", "baseline", 1.0, 300);
  made.add("P1", "baseline", 2.0, 100);
  made.add("P1", "week 4", 2.0);
  const std::vector<MarkerChangeRow> rows = compare_markers(made.rows, made.study, {});
  EXPECT_NEAR(*rows[0].median_before, 1.25, 1e-12);
  EXPECT_NEAR(*rows[0].change, 0.75, 1e-12);
}

TEST(MarkerChange, TheSameMedianAtAllVisitsHasNoP) {
  MadeStudy made;
  for (const char* patient : {"P1", "P2"}) {
    made.add(patient, "baseline", 0.0);
    made.add(patient, "week 4", 0.0);
  }
  const std::vector<MarkerChangeRow> rows = compare_markers(made.rows, made.study, {});
  EXPECT_EQ(rows[0].p, std::nullopt);
  EXPECT_EQ(rows[0].q, std::nullopt);
  EXPECT_EQ(rows[0].patients_up + rows[0].patients_down, 0U);
}

}  // namespace
}  // namespace gateless::statistics
