// The sentences of the first paragraph, word by word.
#include "host/report/answer.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace gateless {
namespace {

/// Spaces that do not break read as plain ones here.
std::string plain(const std::string& text) {
  static const std::regex unbroken("\u00A0");
  return std::regex_replace(text, unbroken, " ");
}

PatientRow patient(const std::string& name, const std::string& visit, Call call, double change) {
  PatientRow row;
  row.subset = "dn", row.name = "DN B cells", row.patient = name, row.visit = visit,
  row.call = call;
  row.change = change, row.low = change - 0.1, row.high = change + 0.1;
  return row;
}

Results three_patients() {
  Results results;
  results.visits = {"baseline", "week 4", "week 24"};
  results.primary = {"dn"};
  results.patients = {
      patient("A", "week 24", Call::kDown, -0.62), patient("B", "week 24", Call::kDown, -0.5),
      patient("C", "week 24", Call::kNoChange, 0.02), patient("A", "week 4", Call::kUp, 1.0)};
  ChangeRow change;
  change.subset = "dn", change.comparison = "week 24 - baseline", change.denominator = "B cells";
  change.patients = 3, change.median_before = 0.121, change.median_after = 0.046;
  change.change = -0.062, change.change_low = -0.1, change.change_high = -0.0021;
  change.test = "exact paired Wilcoxon", change.p = 0.25, change.p_floor = 0.25, change.q = 0.25,
  change.family = "primary";
  results.changes = {change};
  return results;
}

TEST(Answer, SaysWhoChangedByHowMuchAtTheLastVisit) {
  const Answer answer = answer_of(three_patients());
  EXPECT_EQ(answer.baseline, "baseline");
  EXPECT_EQ(answer.visit, "week 24");
  EXPECT_EQ(answer.patients, 3U);
  ASSERT_EQ(answer.statements.size(), 1U);
  const Statement& statement = answer.statements[0];
  EXPECT_TRUE(statement.is_primary);
  EXPECT_EQ(statement.direction, Call::kDown);
  EXPECT_EQ(statement.name, "DN B cells");
  EXPECT_EQ(statement.headline, "fell in 2 of 3 patients (A, B); no clear change in 1 (C)");
  EXPECT_EQ(
      plain(statement.detail),
      "Median 12.1 % → 4.6 % of B cells; typical change −6.2 percentage points (interval −10.0 to "
      "−0.21). Relative change with its 95 % interval: A −62 % (−72 to −52), B −50 % (−60 to "
      "−40).");
}

TEST(Answer, SaysThatFewPatientsCannotGiveASmallP) {
  EXPECT_EQ(plain(answer_of(three_patients()).statements[0].certainty),
            "Exact paired Wilcoxon: p = 0.25; 3 patients cannot give less than 0.25 however large "
            "the change, so "
            "judge by the intervals; q = 0.25 in the primary family.");
}

TEST(Answer, SaysWhenPIsAtItsFloorAndWhenNot) {
  Results results = three_patients();
  results.changes[0].patients = 6, results.changes[0].p = results.changes[0].p_floor = 0.03125;
  EXPECT_NE(plain(answer_of(results).statements[0].certainty)
                .find("p = 0.031, the smallest value that 6 patients can give"),
            std::string::npos);
  results.changes[0].p = 0.0004, results.changes[0].p_floor = 0.0001;
  EXPECT_NE(plain(answer_of(results).statements[0].certainty)
                .find("p < 0.001 (6 patients can give 0.0001 at best)"),
            std::string::npos);
}

TEST(Answer, NamesBothDirectionsTheLargerFirst) {
  Results results = three_patients();
  results.patients[2].call = Call::kUp;
  EXPECT_EQ(answer_of(results).statements[0].headline,
            "fell in 2 of 3 patients (A, B); rose in 1 (C)");
  results.patients[1].call = Call::kUp;
  EXPECT_EQ(answer_of(results).statements[0].headline,
            "rose in 2 of 3 patients (B, C); fell in 1 (A)");
}

TEST(Answer, SecondarySubsetsAreStatedOnlyWhereTheyChange) {
  Results results = three_patients();
  results.secondary = {"dn", "quiet", "rare", "absent"};
  PatientRow quiet = patient("A", "week 24", Call::kNoChange, 0.0);
  quiet.subset = "quiet", quiet.name = "Quiet cells";
  results.patients.push_back(quiet);
  quiet.subset = quiet.name = "rare", quiet.call = Call::kNotQuantifiable;
  results.patients.push_back(quiet);
  const Answer answer = answer_of(results);
  EXPECT_EQ(answer.statements.size(), 1U);
  EXPECT_EQ(answer.unchanged, std::vector<std::string>{"Quiet cells"});
  EXPECT_EQ(answer.too_few, std::vector<std::string>{"rare"});
  EXPECT_EQ(answer.unanswered, std::vector<std::string>{"absent"});
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
  EXPECT_EQ(answer_of(results).statements[0].parts,
            "Its parts, each of its own parent: dn1 fell in 1 of 1 patient (A). dn2 could not be "
            "quantified in 1 of 1 patient (A).");
}

TEST(Answer, SaysWhichPartsOfASumCannotBeTold) {
  Results results = three_patients();
  results.parts = {{"dn", {"dn1", "t3"}}};
  results.unresolved = {{"t3", "Transitional T3", "T", "IgD is not in the panel"},
                        {"t3", "Transitional T3", "B", "MTG is not in the panel"}};
  AbundanceRow sum;  // the panel that has the sum gives the reason
  sum.subset = "dn", sum.panel = "B";
  results.abundance = {sum};
  EXPECT_EQ(answer_of(results).statements[0].parts,
            "Parts that this panel cannot tell: Transitional T3 (MTG is not in the panel).");
}

TEST(Answer, GivesTheTestOverAllVisitsToo) {
  Results results = three_patients();
  ChangeRow model;
  model.subset = "dn", model.comparison = "all visits", model.test = "mixed model";
  model.p = 0.004, model.q = 0.012;
  results.changes.push_back(model);
  EXPECT_NE(plain(answer_of(results).statements[0].certainty)
                .find("Over all visits (mixed model): p = 0.004, q = 0.012."),
            std::string::npos);
}

TEST(Answer, IsEmptyWhenNothingWasCompared) {
  const Answer answer = answer_of(Results{});
  EXPECT_TRUE(answer.statements.empty());
  EXPECT_EQ(answer.visit, "");
}

}  // namespace
}  // namespace gateless
