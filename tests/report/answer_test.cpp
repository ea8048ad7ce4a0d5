// The sentences of the first paragraph, word by word.
#include <gtest/gtest.h>

#include "tests/report/three_patients.hpp"

namespace gateless::report {
namespace {

TEST(Answer, SaysWhoChangedByHowMuchAtTheLastVisit) {
  const Answer answer = told(three_patients());
  EXPECT_EQ(answer.baseline, "baseline");
  EXPECT_EQ(answer.visit, "week 24");
  EXPECT_EQ(answer.patients, 3U);
  ASSERT_EQ(answer.statements.size(), 1U);
  const Statement& statement = answer.statements[0];
  EXPECT_EQ(statement.rank, Rank::kPrimary);
  EXPECT_EQ(statement.trend, Trend::kDown);
  EXPECT_EQ(statement.name, "DN B cells");
  EXPECT_EQ(statement.headline, "fell in 2 of 3 patients (A, B); hardly changed in 1 (C)");
  EXPECT_EQ(plain(statement.detail),
            "Median 12.1 % → 4.6 % of B cells; typical change (Hodges-Lehmann) −6.2 percentage "
            "points (interval −10.0 to "
            "−0.21). Relative change with its 95 % interval: A −62 % (−72 to −52), B −50 % (−60 to "
            "−40), C +2 % (−8 to +12).");
}

TEST(Answer, SaysThatFewPatientsCannotGiveASmallP) {
  EXPECT_EQ(plain(told(three_patients()).statements[0].certainty),
            "Exact paired Wilcoxon: p = 0.25; 3 patients cannot give less than 0.25 however large "
            "the change, so "
            "judge by the intervals; q = 0.25 in the primary family.");
}

TEST(Answer, SaysWhenPIsAtItsFloorAndWhenNot) {
  Results results = three_patients();
  results.changes[0].patients = 6, results.changes[0].p = results.changes[0].p_floor = 0.03125;
  EXPECT_NE(plain(told(results).statements[0].certainty)
                .find("p = 0.031, the smallest value that 6 patients can give"),
            std::string::npos);
  results.changes[0].p = 0.0004, results.changes[0].p_floor = 0.0001;
  EXPECT_NE(plain(told(results).statements[0].certainty)
                .find("p < 0.001 (6 patients can give 0.0001 at best)"),
            std::string::npos);
}

TEST(Answer, NamesBothDirectionsTheLargerFirst) {
  Results results = three_patients();
  results.patients[2].call = Call::kUp;
  EXPECT_EQ(told(results).statements[0].headline, "fell in 2 of 3 patients (A, B); rose in 1 (C)");
  results.patients[1].call = Call::kUp;
  EXPECT_EQ(told(results).statements[0].headline, "rose in 2 of 3 patients (B, C); fell in 1 (A)");
}

TEST(Answer, SecondarySubsetsAreStatedOnlyWhereTheyChange) {
  Results results = three_patients();
  results.secondary = {"dn", "quiet", "rare", "absent"};
  PatientRow quiet = patient("A", "week 24", Call::kNoChange, 0.0);
  quiet.subset = "quiet", quiet.name = "Quiet cells";
  results.patients.push_back(quiet);
  quiet.subset = quiet.name = "rare", quiet.call = Call::kNotQuantifiable;
  results.patients.push_back(quiet);
  const Answer answer = told(results);
  EXPECT_EQ(answer.statements.size(), 1U);
  EXPECT_EQ(answer.unchanged, std::vector<std::string>{"Quiet cells"});
  EXPECT_EQ(answer.too_few, std::vector<std::string>{"rare"});
  ASSERT_EQ(answer.untold.size(), 1U);
  EXPECT_EQ(answer.untold[0].name, "absent");
  EXPECT_FALSE(answer.untold[0].is_asked) << "the study names no subsets of its own";
}

TEST(Answer, TellsASumWithItsParts) {
  Results results = three_patients();
  results.parts = {{"dn", {"dn1", "dn2", "not measured"}}};
  for (const char* part : {"dn1", "dn2"}) {
    PatientRow row = patient("A", "week 24", Call::kDown, -0.6);
    row.subset = row.name = part;
    results.patients.push_back(row);
  }
  results.patients.back().call = Call::kNotQuantifiable;
  results.patients.back().detection_after = Detection::kNotQuantifiable;
  EXPECT_EQ(
      told(results).statements[0].parts,
      "Its parts, each of its own parent: dn1 fell in 1 of 1 patient (A). dn2 has too few events "
      "to tell in 1 of 1 patient (A).");
}

TEST(Answer, SaysWhichPartsOfASumCannotBeTold) {
  Results results = three_patients();
  results.parts = {{"dn", {"dn1", "t3"}}};
  results.unresolved = {{"t3", "Transitional T3", "T", "IgD is not in the panel"},
                        {"t3", "Transitional T3", "B", "MTG is not in the panel"}};
  AbundanceRow sum;  // the panel that has the sum gives the reason
  sum.subset = "dn", sum.panel = "B";
  results.abundance = {sum};
  EXPECT_EQ(told(results).statements[0].parts,
            "Parts that this panel cannot tell: Transitional T3 (MTG is not in the panel).");
}

TEST(Answer, GivesTheTestOverAllVisitsToo) {
  Results results = three_patients();
  ChangeRow model;
  model.subset = "dn", model.comparison = "all visits", model.test = "mixed model";
  model.p = 0.004, model.q = 0.012;
  results.changes.push_back(model);
  EXPECT_NE(plain(told(results).statements[0].certainty)
                .find("Over all visits (mixed model): p = 0.004, q = 0.012."),
            std::string::npos);
}

TEST(Answer, NoChangeSaysWhetherItIsSmallOrUnsure) {
  Results results = three_patients();
  results.patients[1].call = Call::kNoChange, results.patients[1].low = -0.6,
  results.patients[1].high = 0.1;
  EXPECT_EQ(told(results).statements[0].headline,
            "fell in 1 of 3 patients (A); hardly changed in 1 (C); unsure in 1 (B)");
  EXPECT_EQ(told(results).statements[0].trend, Trend::kSomeDown) << "in fewer than half";
}

TEST(Answer, WhatIsAtNeitherVisitIsNotDetected) {
  Results results = three_patients();
  for (PatientRow& row : results.patients) row.call = Call::kNotQuantifiable;
  results.patients[0].detection_before = Detection::kNotQuantifiable;
  EXPECT_EQ(told(results).statements[0].headline,
            "has too few events to tell in 1 of 3 patients (A); not detected in 2 (B, C)");
}

TEST(Answer, AChangeInBothDirectionsHasNoDirection) {
  Results results = three_patients();
  results.patients[2].call = Call::kUp;
  EXPECT_EQ(told(results).statements[0].trend, Trend::kMixed);
}

TEST(Answer, GivesScoresAndResponders) {
  Results results = three_patients();
  results.activity_name = "sledai";
  results.activity = {{"A", {{"baseline", 14.0}, {"week 24", 4.0}}}, {"B", {{"baseline", 9.0}}}};
  results.responders = {"A"};
  const std::string detail = plain(told(results).statements[0].detail);
  EXPECT_NE(detail.find("A −62 % (−72 to −52; SLEDAI 14 → 4), B −50 % (−60 to −40), C"),
            std::string::npos)
      << detail;
  EXPECT_NE(
      detail.find("It fell in 1 and rose in 0 of 1 responders, and fell in 1 and rose in 0 of "
                  "2 others."),
      std::string::npos)
      << detail;
}

TEST(Answer, AnIntervalThatLeavesOutZeroNeverReadsAsZero) {
  Results results = three_patients();
  results.patients[0].low = -0.44, results.patients[0].high = -0.003;
  results.patients[1].low = -0.44, results.patients[1].high = -0.00001;
  const std::string detail = plain(told(results).statements[0].detail);
  EXPECT_NE(detail.find("A −62 % (−44 to −0.3), B −50 % (−44 to just below 0)"), std::string::npos)
      << detail;
}

TEST(Answer, WhenNothingIsExcludedInMostItIsUnsureAndNotUnchanged) {
  Results results = three_patients();
  for (PatientRow& row : results.patients)
    row.call = Call::kNoChange, row.low = -0.6, row.high = 0.9;
  const Answer answer = told(results);
  EXPECT_EQ(answer.statements[0].trend, Trend::kUnsure);
  EXPECT_EQ(answer.statements[0].headline, "is unsure in 3 of 3 patients (A, B, C)");
}

TEST(Answer, SaysWhichMovedMarkerItRestsOn) {
  Results results = three_patients();
  results.channels = {{"B", "x", "CD20", "CD20", "marker", "arcsinh(5)", ""},
                      {"B", "y", "CD3", "CD3", "marker", "arcsinh(5)", ""}};
  results.definitions = {{"dn", {{{"CD19", "+"}}, {{"CD20", "+"}, {"CD3", "-"}}}}};
  BackGate gate;
  gate.panel = "B", gate.x_marker = "CD20", gate.y_marker = "CD3";
  results.back_gates = {gate};
  for (const char* person : {"A", "B", "C"}) {
    for (const char* visit : {"baseline", "week 24"}) {
      AbundanceRow row;
      row.sample = std::string(person) + visit, row.patient = person, row.visit = visit;
      row.subset = "dn", row.panel = "B", row.parent = "all";
      results.abundance.push_back(row);
      QcRow qc;
      qc.sample = row.sample, qc.panel = "B";
      qc.spreads = {{"CD20", visit == std::string("week 24") ? -0.5 : 0.0, 1.0}};
      results.qc.push_back(qc);
    }
  }
  EXPECT_EQ(told(results).statements[0].caveat,
            "Rests on CD20, which is lower at week 24 in all 3 patients: the staining of these "
            "samples, or a true effect (Evidence).");
  results.definitions[0].rules[1] = {{"CD3", "-"}};
  EXPECT_EQ(told(results).statements[0].caveat, "") << "its rule does not look at CD20";
  results.definitions[0].rules[1] = {{"CD20", "+"}, {"CD3", "-"}};
  results.back_gates.clear();
  EXPECT_EQ(told(results).statements[0].caveat, "") << "cells are not named by it";
}

TEST(Answer, TheRootIsNotTold) {
  Results results = three_patients();
  PatientRow row = patient("A", "week 24", Call::kDown, -0.6);
  row.subset = row.name = "leukocyte";
  results.patients.push_back(row);
  EXPECT_EQ(told(results).statements.size(), 2U);
  AbundanceRow root, part;
  root.subset = "leukocyte", part.subset = "dn", part.parent = "leukocyte";
  results.abundance = {root, part};
  EXPECT_EQ(told(results).statements.size(), 1U);
}

TEST(Answer, OneRuleForTwoSubsetsSaysWhyTheyDiffer) {
  Results results = three_patients();
  results.channels = {{"B", "x", "CD24", "CD24", "marker", "arcsinh(5)", ""}};
  results.definitions = {{"trans", {{{"CD24", "high"}}}}, {"dn", {{{"CD24", "high"}}}}};
  results.names = {{"trans", "Transitional"}};
  results.siblings = {{"trans", "naive"}};
  for (const char* subset : {"trans", "dn"}) {
    AbundanceRow row;
    row.subset = subset, row.parent = "b";
    results.abundance.push_back(row);
  }
  EXPECT_EQ(told(results).statements[0].beside,
            "Defined by the same levels as Transitional, which shares events in doubt with its "
            "siblings and so holds others at the border.");
  results.definitions[1].rules[0][0].second = "+";
  EXPECT_EQ(told(results).statements[0].beside, "");
}

TEST(Answer, AScoreIsCalledAsCliniciansWriteIt) {
  EXPECT_EQ(score_name("sledai"), "SLEDAI");
  EXPECT_EQ(score_name("das28"), "DAS28");
  EXPECT_EQ(score_name("SLEDAI-2K"), "SLEDAI-2K");
  EXPECT_EQ(score_name("physician_global"), "physician_global");
}

TEST(Answer, TheSameCellsAreToldOnce) {
  Results results = three_patients();
  results.primary = {"dn", "sum"};
  for (PatientRow& row : results.patients) row.before = 0.2, row.after = 0.1;
  for (const PatientRow& own : three_patients().patients) {
    PatientRow row = own;
    row.subset = "sum", row.name = "Abnormal memory (here: DN B cells)";
    row.before = 0.2, row.after = 0.1;
    results.patients.push_back(row);
  }
  const Answer answer = told(results);
  ASSERT_EQ(answer.statements.size(), 1U);
  EXPECT_EQ(answer.statements[0].beside, "Abnormal memory are the same cells with this panel.");
  results.patients.back().before = 0.3;  // of week 4: not what is told
  EXPECT_EQ(told(results).statements.size(), 1U);
  results.patients[5].before = 0.3;
  EXPECT_EQ(told(results).statements.size(), 1U) << "of another parent: the same cells";
  for (PatientRow& row : results.patients) {
    if (row.subset == "sum") row.name = "Abnormal memory (here: DN B cells + others)";
  }
  EXPECT_EQ(told(results).statements.size(), 2U) << "other cells, another line";
}

TEST(Answer, AllThatChangedIsToldAndNeverByItsId) {
  Results results = three_patients();
  PatientRow other = patient("A", "week 24", Call::kUp, 1.0);
  other.subset = "b_x", other.name = "";
  results.patients.push_back(other);
  results.names = {{"b_x", "Some B cells"}, {"asked", "What was asked"}};
  results.primary = {"dn", "asked"};
  results.is_primary_asked = true;
  const Answer answer = told(results);
  ASSERT_EQ(answer.statements.size(), 2U);
  EXPECT_EQ(answer.statements[1].name, "Some B cells");
  EXPECT_EQ(answer.statements[1].rank, Rank::kExploratory);
  EXPECT_EQ(answer.explored, 1U);
  ASSERT_EQ(answer.untold.size(), 1U);
  EXPECT_EQ(answer.untold[0].name, "What was asked");
  EXPECT_TRUE(answer.untold[0].is_asked);
}

TEST(Answer, APartThatMakesRoomForAnotherIsOneFinding) {
  Results results = three_patients();
  results.siblings = {{"dn", "naive"}};
  results.primary = {"dn", "naive"};
  for (PatientRow& row : results.patients) {  // DN 40 % -> 10 %
    row.call = Call::kDown, row.before = 0.4, row.after = 0.1, row.change = -0.75;
  }
  for (const PatientRow& own : three_patients().patients) {  // naive 54 % -> 81 %, 90 % of the rest
    PatientRow row = own;
    row.subset = "naive", row.name = "Naive", row.call = Call::kUp;
    row.before = 0.54, row.after = 0.81, row.change = 0.5;
    results.patients.push_back(row);
  }
  const Answer answer = told(results);
  ASSERT_EQ(answer.statements.size(), 2U);
  EXPECT_EQ(answer.statements[0].beside, "") << "DN is not a fixed share of what naive leaves";
  EXPECT_EQ(
      plain(answer.statements[1].beside),
      "This and the fall of DN B cells are mostly one change: of the cells without those its share "
      "changed by 0 % (median).");
  for (PatientRow& row : results.patients) {
    if (row.subset == "naive") row.after = 0.6, row.change = 0.11;
  }
  EXPECT_EQ(told(results).statements[1].beside, "") << "of the rest it fell from 90 % to 67 %";
}

TEST(Answer, MarksPatientsWhoseSampleNeedsALook) {
  Results results = three_patients();
  AbundanceRow row;
  row.subset = "dn", row.sample = "B_24", row.patient = "B", row.visit = "week 24", row.panel = "B";
  results.abundance = {row};
  results.qc.resize(2);
  results.qc[0].sample = "B_24", results.qc[1].sample = "B_4";
  results.qc[0].warnings = "45 % of the events were dropped as dead";
  EXPECT_EQ(plain(told(results).statements[0].headline),
            "fell in 2 of 3 patients (A, B ⚠); hardly changed in 1 (C)");
}

TEST(Answer, IsEmptyWhenNothingWasCompared) {
  const Answer answer = told(Results{});
  EXPECT_TRUE(answer.statements.empty());
  EXPECT_EQ(answer.visit, "");
}

}  // namespace
}  // namespace gateless::report
