// What tables and report show of the numbers.
#include "host/stages/presented.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/stages/batch_shifts.hpp"
#include "host/stages/channel_table.hpp"
#include "host/stages/marker_doubts.hpp"

namespace gateless::stages {
namespace {

AbundanceRow row_of(const std::string& subset, const std::string& parent, double events,
                    double parent_events) {
  AbundanceRow row;
  row.sample = "S1";
  row.panel = "B";
  row.subset = subset;
  row.parent = parent;
  row.events = events;
  row.parent_events = parent_events;
  row.fraction_of_parent = events / parent_events;
  row.fraction_of_all = events / 1000.0;
  row.detection = Detection::kQuantifiable;
  return row;
}

TEST(Presented, WhatIsInNoLineageIsARowOfItsOwn) {
  Results results;
  results.abundance = {row_of("all", "", 1000, 1000), row_of("t", "all", 600, 1000),
                       row_of("b", "all", 300, 1000), row_of("naive", "b", 200, 300)};
  results.abundance[0].cells_per_ul = 2000.0;
  results.siblings = {{"t", "b"}, {"naive"}};
  add_unassigned(results);
  ASSERT_EQ(results.abundance.size(), 5U);
  const AbundanceRow& rest = results.abundance.back();
  EXPECT_EQ(rest.subset, "unassigned");
  EXPECT_EQ(rest.parent, "all");
  EXPECT_DOUBLE_EQ(rest.events, 100.0);
  EXPECT_DOUBLE_EQ(*rest.fraction_of_parent, 0.1);
  EXPECT_DOUBLE_EQ(*rest.cells_per_ul, 200.0);
  EXPECT_LT(*rest.low, 0.1);
  EXPECT_GT(*rest.high, 0.1);
}

TEST(Presented, NoChangeIsGivenOfWhatIsDetectedNowhere) {
  Results results;
  PatientRow absent;
  absent.subset = "dn";
  absent.patient = "P1";
  absent.visit = "week24";
  absent.change = 0.5;
  PatientRow present = absent;
  present.subset = "usm";
  present.detection_after = Detection::kQuantifiable;
  results.patients = {absent, present};
  ChangeRow change;
  change.subset = "dn";
  change.comparison = "week24 - baseline";
  change.p = 0.01;
  ChangeRow other = change;
  other.subset = "usm";
  results.changes = {change, other};
  blank_absent(results);
  EXPECT_FALSE(results.patients[0].change);
  EXPECT_TRUE(results.patients[1].change);
  EXPECT_FALSE(results.changes[0].p);
  EXPECT_TRUE(results.changes[1].p);
}

TEST(Presented, NumbersHaveTheDigitsTheyCarry) {
  Results results;
  AbundanceRow row = row_of("dn", "b", 12.3456789, 300.0);
  row.fraction_of_parent = 0.123456789;
  AbundanceRow tail = row_of("usm", "b", 0.3, 300.0);
  results.abundance = {row, tail};
  ClusterRow cluster;
  cluster.stability = 0.123456;
  cluster.medians = {{"CD27", 1.23456789}};
  results.clusters = {cluster};
  AbnormalRow abnormal;
  abnormal.events = 7.777777;
  abnormal.p = 1e-12;
  results.abnormal = {abnormal};
  QcRow qc;
  qc.batch_shift = 0.123456;
  qc.spreads = {{"CD27", 0.126, 1.234}};
  results.qc = {qc};
  ChangeRow change;
  change.change = 0.0123456789;
  change.p = 0.0123456789;
  results.changes = {change};
  PatientRow patient;
  patient.low = -0.987654321;
  patient.p = 0.00123456789;
  results.patients = {patient};
  MarkerMediansRow medians;
  medians.markers = {{.marker = "CD38", .median = 1.23456789, .spread = 0.5}};
  results.marker_medians = {medians};
  MarkerChangeRow moved;
  moved.change = 0.123456789;
  moved.q = 0.123456789;
  results.marker_changes = {moved};
  round_numbers(results);
  EXPECT_DOUBLE_EQ(*results.changes[0].change, 0.0123457);
  EXPECT_DOUBLE_EQ(*results.changes[0].p, 0.0123457);
  EXPECT_DOUBLE_EQ(*results.patients[0].low, -0.987654);
  EXPECT_DOUBLE_EQ(*results.patients[0].p, 0.00123457);
  EXPECT_DOUBLE_EQ(results.marker_medians[0].markers[0].median, 1.2346);
  EXPECT_DOUBLE_EQ(*results.marker_changes[0].change, 0.1235);
  EXPECT_DOUBLE_EQ(*results.marker_changes[0].q, 0.123457);
  EXPECT_DOUBLE_EQ(results.abundance[0].events, 12.35);
  EXPECT_DOUBLE_EQ(*results.abundance[0].fraction_of_parent, 0.123457);
  EXPECT_DOUBLE_EQ(results.abundance[1].events, 0.0) << "tails of other subsets are no events";
  EXPECT_DOUBLE_EQ(*results.abundance[1].fraction_of_parent, 0.0);
  EXPECT_DOUBLE_EQ(*results.clusters[0].stability, 0.1235);
  EXPECT_DOUBLE_EQ(results.clusters[0].medians[0].second, 1.2346);
  EXPECT_DOUBLE_EQ(results.abnormal[0].events, 7.78);
  EXPECT_DOUBLE_EQ(*results.abnormal[0].p, 1e-12);
  EXPECT_DOUBLE_EQ(*results.qc[0].batch_shift, 0.1235);
  EXPECT_DOUBLE_EQ(results.qc[0].spreads[0].shift, 0.13);
}

TEST(Presented, ShiftsNameTheMostShiftedSamples) {
  std::vector<QcRow> rows(6);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row].sample = "S" + std::to_string(row);
    rows[row].batch_shift = 0.1 * static_cast<double>(row);
    rows[row].shifted_marker = "CD27";
  }
  EXPECT_EQ(shifts_in_words({}), "");
  const std::string words = shifts_in_words(rows);
  EXPECT_NE(words.find("in 3 of 6 samples: S5 (CD27 by 0.50), S4"), std::string::npos) << words;
}

TEST(Presented, EveryRoleOfAChannelHasAWord) {
  for (const ChannelRole role :
       {ChannelRole::kMarker, ChannelRole::kViability, ChannelRole::kForward, ChannelRole::kSide,
        ChannelRole::kTime, ChannelRole::kEventLength, ChannelRole::kDna, ChannelRole::kBead,
        ChannelRole::kGaussian, ChannelRole::kIgnored})
    EXPECT_NE(std::string(word_of(role)), "");
}

/// A panel with one sample in which a marker is silent.
TEST(Presented, WhatASilentMarkerMakesUncertainIsWithheld) {
  StudyAnalysis study;
  KnownSubset b, naive, dn, t;
  b.id = "b";
  t.id = "t";
  naive.id = "naive";
  dn.id = "dn";
  b.parent = t.parent = "all";
  naive.parent = dn.parent = "b";
  b.core = {{"CD19", {Level::kPos}}};
  t.core = {{"CD3", {Level::kPos}}};
  naive.core = {{"IgD", {Level::kPos}}};
  dn.core = {{"CD27", {Level::kNeg}}};
  study.knowledge.subsets = {b, t, naive, dn};
  KnownComposite sum;
  sum.id = "sum";
  sum.of = {"naive", "dn"};
  study.knowledge.composites = {sum};
  study.samples.resize(1);
  study.samples[0].file = "S1.fcs";
  PanelAnalysis& panel = study.panels.emplace_back();
  panel.events.panel.name = "B";
  panel.events.markers = {"CD3", "CD19", "IgD", "CD27"};
  panel.events.samples.resize(1);
  panel.events.doubts = {{.file = 0, .marker = "IgD"}};
  for (const char* id : {"b", "t", "naive", "dn"}) {
    ResolvedSubset resolved;
    resolved.id = id;
    panel.subsets.subsets.push_back(resolved);
  }
  std::vector<AbundanceRow> rows{row_of("b", "all", 300, 1000), row_of("naive", "b", 200, 300),
                                 row_of("dn", "b", 50, 300), row_of("sum", "b", 250, 300)};
  withhold_doubtful(study, rows);
  EXPECT_FALSE(rows[0].is_withheld);
  EXPECT_TRUE(rows[1].is_withheld);
  EXPECT_TRUE(rows[2].is_withheld) << "a sibling";
  EXPECT_TRUE(rows[3].is_withheld) << "a sum of them";
  EXPECT_EQ(rows[1].detection, Detection::kNotQuantifiable);
}

}  // namespace
}  // namespace gateless::stages
