// The words for what was done hold what the run says of itself, and nothing that it does not say.
#include "host/report/methods.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gateless {
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
            "limit of a detector, before compensation, 80,000), doublet (two cells in one pulse, "
            "120,000). 1,800,000 of 2,000,000 events were kept.");
  EXPECT_NE(text_of(done, "Changes in one patient").find("own screening"), std::string::npos);
  EXPECT_NE(text_of(done, "Changes in one patient").find("the change is 20 % or more"),
            std::string::npos);
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
}  // namespace gateless
