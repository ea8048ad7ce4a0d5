// Which samples a reader is asked to look at, and for what.
#include "host/report/attention.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gateless::report {
namespace {

Results four_samples() {
  Results results;
  for (const char* name : {"P1_base", "P1_24", "P2_base", "P2_24"}) {
    QcRow qc;
    qc.sample = name;
    results.qc.push_back(qc);
    AbundanceRow row;
    row.sample = name, row.patient = std::string(name).substr(0, 2),
    row.visit = std::string(name).substr(3), row.subset = "b_cell";
    results.abundance.push_back(row);
  }
  return results;
}

TEST(Attention, NothingIsSaidOfPlainSamples) {
  const Attention found = attention_of(four_samples());
  EXPECT_TRUE(found.samples.empty());
  EXPECT_TRUE(found.general.empty());
}

TEST(Attention, NamesTheBloodAndEveryReasonOnce) {
  Results results = four_samples();
  results.qc[1].warnings = "45 % of the events were dropped as dead; look at this file";
  results.qc[1].batch_shift = 4.0, results.qc[1].shifted_marker = "CD45";
  results.qc[0].batch_shift = 0.8;  // as other compositions have it
  results.qc[1].thresholds = "doublet: above 1.1";
  results.warnings = {
      "fcs/P1_24.fcs: 45 % of the events were dropped as dead; look at this file",
      "the median of a marker is shifted against its panel: P1_24 (CD45 by 4.00), P1_base (...)",
      "P1, 24: most subsets differ from base as in nobody else"};
  const Attention found = attention_of(results);
  ASSERT_EQ(found.samples.size(), 1U);
  EXPECT_EQ(found.samples[0].patient, "P1");
  EXPECT_EQ(found.samples[0].visit, "24");
  EXPECT_EQ(found.samples[0].files, std::vector<std::string>{"P1_24"});
  EXPECT_EQ(found.samples[0].reasons,
            (std::vector<std::string>{"45 % of the events were dropped as dead; look at this file",
                                      "the median of CD45 lies 4.0 spreads from that of the other "
                                      "files",
                                      "most subsets differ from base as in nobody else"}));
  EXPECT_TRUE(found.general.empty());
  EXPECT_TRUE(found.rest.empty()) << "each is said of its sample";
  ASSERT_EQ(found.noted.size(), 1U);
  EXPECT_EQ(found.noted[0].files, std::vector<std::string>{"P1_base"});
}

TEST(Attention, OneRuleOrdersAllFilesByLevelAndShift) {
  Results results = four_samples();
  results.qc[3].warnings = "45 % of the events were dropped as dead";
  results.qc[0].batch_shift = 0.31, results.qc[1].batch_shift = 0.29,
  results.qc[2].batch_shift = 0.99;
  const Attention found = attention_of(results);
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const FileLook& file : found.files) order.emplace_back(file.row, text_of(file.look));
  EXPECT_EQ(order, (std::vector<std::pair<std::size_t, std::string>>{
                       {3, "needs a look"}, {2, "noted"}, {0, "noted"}, {1, "nothing"}}));
  ASSERT_EQ(found.noted.size(), 2U) << "every one is named";
  EXPECT_EQ(found.noted[0].files[0], "P2_base");
  EXPECT_EQ(found.noted[0].reasons[0],
            "the median of a marker lies 0.99 spreads from that of the other files");
}

/// Visits a and b of five patients; the markers' shifts there.
Results five_patients(const std::vector<double>& at_a, const std::vector<double>& at_b) {
  Results results;
  results.visits = {"a", "b"};
  for (std::size_t person = 0; person < 5; ++person) {
    for (const char* visit : {"a", "b"}) {
      AbundanceRow row;
      row.patient = fmt::format("P{}", person), row.visit = visit;
      row.sample = row.patient + visit, row.group = "sick";
      results.abundance.push_back(row);
      QcRow qc;
      qc.sample = row.sample, qc.panel = "B";
      const double shift = (*visit == 'a' ? at_a : at_b)[person];
      qc.spreads = {{"pp38", shift, 1.0}, {"CD3", 0.01, 1.0}};
      qc.batch_shift = std::abs(shift), qc.shifted_marker = "pp38";
      results.qc.push_back(qc);
    }
  }
  return results;
}

TEST(Attention, AMarkerThatMovesWithAVisitIsNoFaultOfItsSamples) {
  const Attention found = attention_of(five_patients({0, 0, 0.1, 0, 0}, {1.2, 1.5, 1.1, 0.4, 1.6}));
  EXPECT_TRUE(found.samples.empty());
  EXPECT_EQ(found.moved,
            std::vector<std::string>{"At b, alike in 5 of 5 patients: pp38 higher. Taken as an "
                                     "effect of the condition, not as a fault of samples"});
  EXPECT_EQ(found.moved_markers.size(), 1U);
}

TEST(Attention, AShiftOfOneSampleAloneIsItsOwn) {
  const Attention found = attention_of(five_patients({0, 0, 0.1, 0, 0}, {0, 1.5, 0, 0.1, 0}));
  ASSERT_EQ(found.samples.size(), 1U);
  EXPECT_EQ(found.samples[0].patient, "P1");
  EXPECT_TRUE(found.moved.empty());
}

TEST(Attention, WhoGoesFarBeyondWhatAVisitSharesIsMarkedStill) {
  const Attention found = attention_of(five_patients({0, 0, 0, 0, 0}, {0.4, 0.5, 0.4, 0.4, 3.0}));
  ASSERT_EQ(found.samples.size(), 1U);
  EXPECT_EQ(found.samples[0].patient, "P4");
  EXPECT_EQ(found.samples[0].reasons[0],
            "the median of pp38 lies 2.6 spreads further off than most others' of its visit or "
            "group");
  EXPECT_EQ(found.moved.size(), 1U);
}

TEST(Attention, AWholeVisitOfAMarkerThatNamesCellsIsToldAsTheVisits) {
  Results results = five_patients({0, 0, 0, 0, 0}, {1.2, 1.5, 1.1, 1.4, 1.6});
  BackGate gate;
  gate.panel = "B", gate.x_marker = "pp38", gate.y_marker = "IgD";
  results.back_gates = {gate};
  const Attention found = attention_of(results);
  EXPECT_TRUE(found.samples.empty());
  ASSERT_EQ(found.moved.size(), 1U);
  EXPECT_NE(found.moved[0].find("Cells are named by these markers"), std::string::npos);
}

TEST(Attention, AGroupThatLiesApartIsToldOnce) {
  Results results = five_patients({1.1, 1.2, 1.3, 0, 0}, {1.2, 1.4, 1.1, 0.1, 0});
  for (AbundanceRow& row : results.abundance) {
    if (row.patient == "P3" || row.patient == "P4") row.group = "healthy";
  }
  const Attention found = attention_of(results);
  EXPECT_TRUE(found.samples.empty());
  ASSERT_EQ(found.moved.size(), 1U);
  EXPECT_NE(found.moved[0].find("In group "), std::string::npos) << found.moved[0];
}

TEST(Attention, WarningsNameFilesWithoutTheirFolders) {
  Results results = four_samples();
  results.warnings = {"/data/of a clinic/sheet.csv:1: there is no column 'group'",
                      "/d/P1_24.fcs: 45 % of the events were dropped",
                      "fcs/x.fcs, /e/y.fcs and 3 more files: odd"};
  const Attention found = attention_of(results);
  EXPECT_EQ(found.rest, (std::vector<std::string>{"sheet.csv:1: there is no column 'group'",
                                                  "fcs/x.fcs, y.fcs and 3 more files: odd"}));
  ASSERT_EQ(found.samples.size(), 1U);
  EXPECT_EQ(found.samples[0].reasons[0], "45 % of the events were dropped");
}

TEST(Attention, WhatMostFilesShareIsSaidOnce) {
  Results results = four_samples();
  for (std::size_t file = 0; file < 3; ++file)
    results.qc[file].warnings = fmt::format("no time channel, {} bins", file);
  const Attention found = attention_of(results);
  EXPECT_TRUE(found.samples.empty());
  EXPECT_EQ(found.general,
            std::vector<std::string>{"3 of 4 files: no time channel, 0 bins (numbers as in the "
                                     "first; Quality has each)"});
  ASSERT_EQ(found.files.size(), 4U);
  for (const FileLook& file : found.files)
    EXPECT_EQ(file.look, file.row == 3 ? Look::kNothing : Look::kNoted);
}

TEST(Attention, WhatMostFilesShareMayNameOtherMarkersInEach) {
  Results results = four_samples();
  results.qc[0].warnings = "slow drift over the acquisition in CD3, CD45: kept";
  results.qc[2].warnings = "slow drift over the acquisition in CD3: kept";
  results.qc[3].warnings = "slow drift over the acquisition in pAkt: kept";
  const Attention found = attention_of(results);
  EXPECT_TRUE(found.samples.empty());
  ASSERT_EQ(found.general.size(), 1U);
  EXPECT_EQ(found.general[0],
            "3 of 4 files: slow drift over the acquisition: kept (in which markers: see Quality)");
  results.qc[2].signal = {0.05F, 0.0F, -0.16F};
  EXPECT_EQ(attention_of(results).general[0],
            found.general[0] +
                "; the mean of their markers strays by 0.16 spreads at most, less than like files "
                "differ");
}

TEST(Attention, AnImplausibleFractionOfOneIsItsOwnAndOfManyTheStudys) {
  Results results = four_samples();
  results.implausible = {{"P2_base", "P2", "base", "B", "dn", "DN", "DN are 73 % of B cells"}};
  ASSERT_EQ(attention_of(results).samples.size(), 1U);
  EXPECT_EQ(attention_of(results).samples[0].reasons[0], "DN are 73 % of B cells");
  for (const char* name : {"P1_base", "P1_24", "P2_24"}) {
    results.implausible.push_back(results.implausible[0]);
    results.implausible.back().sample = name;
  }
  EXPECT_TRUE(attention_of(results).samples.empty());
  ASSERT_EQ(attention_of(results).general.size(), 1U);
  EXPECT_NE(attention_of(results).general[0].find("and so in 3 more samples"), std::string::npos);
}

TEST(Attention, DoubtIsOfTheSampleThatWasCompared) {
  Results results = four_samples();
  results.abundance[1].fraction_of_parent = 0.2;
  results.abundance.push_back(results.abundance[1]);  // a second panel of the same blood
  results.abundance.back().sample = "P1_24_T", results.abundance.back().fraction_of_parent = 0.3;
  results.qc[1].warnings = "odd";
  const Attention found = attention_of(results);
  PatientRow row;
  row.subset = "b_cell", row.patient = "P1", row.visit = "24", row.after = 0.2;
  EXPECT_TRUE(rests_on_doubt(found, results, row, "base"));
  row.after = 0.3;
  EXPECT_FALSE(rests_on_doubt(found, results, row, "base"));
  row.patient = "P2", row.after = 0.2;
  EXPECT_FALSE(rests_on_doubt(found, results, row, "base"));
}

}  // namespace
}  // namespace gateless::report
