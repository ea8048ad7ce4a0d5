// The words for what was done hold what the run says of itself, and nothing that it does not say.
#include "host/report/methods.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gateless::report {
namespace {

Results a_run() {
  Results results;
  results.version = "0.1.0", results.seed = 7;
  results.configuration =
      R"({"knowledge":["shipped"],"transform":"auto","compensate":"auto",
          "cluster":{"algorithm":"som","grid":"16x16","metaclusters":"auto","epochs":15,"markers":[]},
          "compare":{"detected":20.0,"quantifiable":50.0,"smallest_change":0.2,"primary":[]}})";
  for (const char* name : {"P1_base", "P1_24"}) {
    QcRow row;
    row.sample = name, row.panel = "B panel", row.events = 1'000'000, row.kept = 900'000;
    row.dropped = {{"margin", 40'000}, {"doublet", 60'000}};
    row.compensation = "17 channels";
    results.qc.push_back(row);
  }
  results.qc[1].compensation = "none: the values are compensated already";
  results.channels = {
      {"B panel", "PE-A", "CD27", "CD27", "marker", "logicle(T=262144,W=0.5,M=4.5,A=0)", ""},
      {"B panel", "SSC-A", "", "SSC", "side scatter", "arcsinh(394)", ""},
      {"B panel", "Time", "", "", "time", "", ""}};
  results.clusters.resize(3);
  for (ClusterRow& row : results.clusters) row.panel = "B panel";
  results.clusters[2].map = "b_cell";
  results.names = {{"b_cell", "B cells"}, {"b_dn", "DN B cells"}};
  results.primary = {"b_dn"};
  results.baseline = "screening";
  results.patients.resize(1);
  results.abundance.resize(1);
  results.noise = 0.031;
  return results;
}

std::string text_of(const Done& done, const std::string& title) {
  for (const Step& step : done.steps) {
    if (step.title == title) return step.text;
  }
  return {};
}

TEST(Methods, SaysWhatBecameOfFilesAndEvents) {
  const Done done = done_of(a_run());
  EXPECT_EQ(
      text_of(done, "Files"),
      "2 files of 1 panel (B panel) were analysed with gateless 0.1.0 (seed 7). Compensation: "
      "1 file by the file's own spillover matrix of 17 channels; 1 file not compensated here: "
      "the values are compensated already.");
  EXPECT_EQ(text_of(done, "Cleaning"),
            "Events were dropped for the first reason that holds, in this order: margin (at the "
            "limit of a detector, 80,000), doublet (two cells in one pulse, "
            "120,000). 1,800,000 of 2,000,000 events were kept.");
  EXPECT_NE(text_of(done, "Changes in one patient").find("own screening"), std::string::npos);
  EXPECT_NE(text_of(done, "Changes in one patient").find("the change is 20 % or more"),
            std::string::npos);
}

TEST(Methods, WhatWasNotJudgedIsToldAsSuch) {
  Results results = a_run();
  for (QcRow& row : results.qc) {
    row.dropped = {{"margin", 0}, {"bead", 0}, {"doublet", 5}, {"debris", 0}, {"dead", 0}};
    row.thresholds =
        "doublet: forward scatter area above 1.12 of its ridge; debris: no valley at low FSC-A, "
        "nothing dropped; dead: not judged, no viability channel";
  }
  EXPECT_EQ(text_of(done_of(results), "Cleaning"),
            "Events were dropped for the first reason that holds, in this order: margin (at the "
            "limit of a detector, 0), doublet (two cells in one pulse, 10). Small particles "
            "(debris) were not judged: no valley at low FSC-A. Dead cells were not judged: no "
            "viability channel. 1,800,000 of 2,000,000 events were kept.");
  results.qc[0].thresholds = "dead: BV510-A above 3547";
  const std::string some = text_of(done_of(results), "Cleaning");
  EXPECT_NE(some.find("dead (positive for the viability dye, 0). "), std::string::npos) << some;
  EXPECT_NE(some.find("Dead cells were not judged in 1 of 2 files: no viability channel."),
            std::string::npos)
      << some;
  results.configuration = R"({"clean":{"doublets":false}})";
  const std::string off = text_of(done_of(results), "Cleaning");
  EXPECT_NE(off.find("Doublets were not judged: switched off."), std::string::npos) << off;
  EXPECT_EQ(off.find("two cells"), std::string::npos) << off;
}

TEST(Methods, AMassCytometerHasNoPulsesOfTwoCellsAndNoDetectorsLimit) {
  Results results = a_run();
  results.channels.push_back({"B panel", "Ir191Di", "DNA", "", "DNA", "", ""});
  for (QcRow& row : results.qc)
    row.dropped = {{"margin", 0}, {"bead", 7}, {"doublet", 5}, {"debris", 3}},
    row.thresholds = "bead: all bead channels above 136";
  EXPECT_EQ(text_of(done_of(results), "Cleaning"),
            "Events were dropped for the first reason that holds, in this order: bead (calibration "
            "beads, 14), doublet (the DNA or the event length of two cells, 10), debris (without "
            "DNA, 6). 1,800,000 of 2,000,000 events were kept.");
}

TEST(Methods, SaysByWhichTestAbnormalPopulationsAreToldOnlyWhereOneWasMade) {
  Results results = a_run();
  results.abnormal.resize(1);
  results.abnormal[0].evidence = "defined; without healthy controls it cannot be said ...";
  const auto has_step = [](const Done& done) {
    return std::any_of(done.steps.begin(), done.steps.end(),
                       [](const Step& step) { return step.title == "Abnormal populations"; });
  };
  EXPECT_FALSE(has_step(done_of(results)));
  results.abnormal[0].p = 0.002;
  results.abnormal[0].evidence = "defined; ..., exact Mann-Whitney within batches";
  const Done done = done_of(results);
  ASSERT_TRUE(has_step(done));
  const std::string text = text_of(done, "Abnormal populations");
  EXPECT_NE(text.find("two-sided Mann-Whitney test"), std::string::npos) << text;
  EXPECT_NE(text.find("within batches"), std::string::npos) << text;
  EXPECT_NE(done.methods.find("Mann-Whitney"), std::string::npos);
}

TEST(Methods, SaysHowTheReportedSubsetsAreDefined) {
  Results results = a_run();
  results.is_primary_asked = true;
  results.knowledge_sha256 = "0123456789abcdef0123456789abcdef";
  results.channels.push_back({"B panel", "BV421-A", "IgD", "IgD", "marker", "", ""});
  results.definitions = {{"b_dn", {{{"CD27", "-"}, {"IgD", "-"}}}}, {"swm", {{{"CD10", "+"}}}}};
  results.abundance[0].subset = "b_dn", results.abundance[0].parent = "b_cell";
  results.secondary = {"swm"};
  GateRow gate;
  gate.panel = "B panel", gate.gate = gate.subset = "b_dn", gate.name = "DN B cells";
  gate.x_channel = "PE-A", gate.x_marker = "CD27", gate.x_high = 700;
  gate.events = 100, gate.labelled = 100, gate.labelled_inside = 98;
  results.gates = {gate};
  EXPECT_EQ(text_of(done_of(results), "Reported subsets"),
            "Primary subsets (asked for by the study): DN B cells: CD27- IgD-, of B cells; gate: "
            "CD27 < 700 (linear units; 98 % of the cells inside, 98 % of what is inside are "
            "these). Not told by this panel: swm.");
  EXPECT_NE(text_of(done_of(results), "Names")
                .find("that comes with gateless 0.1.0 (its SHA-256 begins with 0123456789ab)."),
            std::string::npos);
}

TEST(Methods, DefinesWhatIsToldWhereNothingThatWasAskedForIs) {
  Results results = a_run();
  results.channels = {{"B panel", "Er170Di", "CD3", "CD3", "marker", "arcsinh(5)", ""},
                      {"B panel", "Nd147Di", "CD20", "CD20", "marker", "arcsinh(5)", ""}};
  results.definitions = {{"b_cell", {{{"CD20", "+"}, {"CD3", "-"}}}}, {"b_dn", {{{"IgD", "-"}}}}};
  results.abundance.resize(1);
  results.abundance[0].subset = "b_cell", results.abundance[0].parent = "leukocyte";
  results.primary = {"b_dn"};
  results.secondary = {};
  const std::string text = text_of(done_of(results), "Reported subsets");
  EXPECT_NE(text.find("Subsets: "), std::string::npos) << text;
  EXPECT_NE(text.find(": CD20+ CD3-, of "), std::string::npos) << text;
  EXPECT_NE(text.find("Not told by this panel: "), std::string::npos) << text;
  EXPECT_NE(text_of(done_of(results), "Transforms").find("asinh(x / 5) for CD3, CD20"),
            std::string::npos);
}

TEST(Methods, SaysSecondStageModelFamiliesAndHowToRepeatIt) {
  Results results = a_run();
  results.configuration.insert(1, R"("seed":7,)");
  ChangeRow row;
  row.test = "exact paired Wilcoxon", row.p = 0.1, row.q = 0.2, row.family = "primary";
  results.changes = {row, row};
  row.test = "mixed model", row.family = "exploratory";
  results.changes.push_back(row);
  const Done done = done_of(results);
  EXPECT_EQ(text_of(done, "Clusters of one lineage"),
            "In a second stage the events of B cells (1 metacluster) were clustered again in the "
            "same way.");
  const std::string changes = text_of(done, "Changes over patients");
  EXPECT_NE(changes.find("visit as fixed effect, a random level for each patient"),
            std::string::npos);
  EXPECT_NE(changes.find("(1 exploratory and 2 primary tests, at all visits)"), std::string::npos)
      << changes;
  EXPECT_EQ(text_of(done, "To repeat it"),
            "gateless 0.1.0: gateless run study.yaml --out result --seed 7; the settings of "
            "study.yaml are under Reproduce.");
}

TEST(Methods, SaysWhatWasDoneWithFaultyStretches) {
  Results results = a_run();
  EXPECT_EQ(text_of(done_of(results), "Odd stretches and files"),
            "No stretch of an acquisition was dropped or found odd.");
  results.qc[0].dropped.emplace_back("time", 20'000);
  results.qc[1].warnings =
      "between 40 % and 70 % of the acquisition CD3 is on another level: kept; look at this file";
  const Done done = done_of(results);
  EXPECT_EQ(text_of(done, "Odd stretches and files"),
            "Disturbed stretches were dropped in P1_base (20,000 events, 2 %). Noted in P1_24: "
            "between 40 % and 70 % of the acquisition CD3 is on another level: kept. No file was "
            "left out; those that need a look were analysed like all others: P1_24.");
  EXPECT_NE(done.methods.find("Noted in P1_24: between 40 %"), std::string::npos);
}

TEST(Methods, APanelWithoutANameIsNotCalledPanelTwice) {
  Results results = a_run();
  results.qc[0].panel = "panel 1", results.qc[1].panel = "panel 2";
  results.clusters[0].panel = "panel 1";
  ASSERT_FALSE(done_of(results).chosen.empty());
  for (const Chosen& one : done_of(results).chosen)
    EXPECT_EQ((one.setting + one.became).find("panel panel"), std::string::npos) << one.became;
  for (QcRow& row : results.qc) row.panel = "panel";
  EXPECT_NE(text_of(done_of(results), "Files").find("2 files of 1 panel were analysed"),
            std::string::npos);
}

TEST(Methods, TheParagraphNumbersItsCitationsInOrder) {
  const Done done = done_of(a_run());
  ASSERT_GE(done.citations.size(), 6U);
  for (std::size_t number = 1; number <= done.citations.size(); ++number) {
    EXPECT_NE(done.methods.find(fmt::format("[{}]", number)), std::string::npos) << number;
  }
  EXPECT_EQ(done.methods.find("[["), std::string::npos);
  EXPECT_NE(done.citations[0].find("Parks"), std::string::npos);
  for (const Step& step : done.steps) EXPECT_EQ(step.text.find("[["), std::string::npos);
}

TEST(Methods, SettingsLeftToTheProgramSayWhatTheyBecame) {
  const Done done = done_of(a_run());
  const auto became = [&](const std::string& setting) {
    const auto found = std::find_if(done.chosen.begin(), done.chosen.end(),
                                    [&](const Chosen& one) { return one.setting == setting; });
    return found == done.chosen.end() ? std::string("absent") : found->became;
  };
  EXPECT_EQ(became("transform"), "arcsinh for SSC; logicle for CD27");
  EXPECT_EQ(became("cluster: metaclusters"), "2 of all events, 1 of B cells");
  EXPECT_EQ(became("cluster: markers"), "CD27, SSC");
  EXPECT_EQ(became("compare: primary"), "DN B cells");
}

TEST(Methods, WithoutARunThereIsNothingToSay) {
  Results results;
  results.configuration = "not JSON </script>";
  EXPECT_TRUE(done_of(results).steps.empty());
  EXPECT_TRUE(done_of(results).chosen.empty());
}

}  // namespace
}  // namespace gateless::report
