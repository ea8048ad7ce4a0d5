// Which samples a reader is asked to look at, and for what.
#include "host/report/attention.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gateless {
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
                                      "P1, 24: most subsets differ from base as in nobody else"}));
  EXPECT_TRUE(found.general.empty());
}

TEST(Attention, WhatMostFilesShareIsSaidOnce) {
  Results results = four_samples();
  for (std::size_t file = 0; file < 3; ++file)
    results.qc[file].warnings = fmt::format("no time channel, {} bins", file);
  const Attention found = attention_of(results);
  EXPECT_TRUE(found.samples.empty());
  EXPECT_EQ(found.general, std::vector<std::string>{"3 of 4 files: no time channel, 0 bins"});
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
            "3 of 4 files: slow drift over the acquisition in CD3, CD45: kept (this is the first; "
            "the quality table has each)");
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
}  // namespace gateless
