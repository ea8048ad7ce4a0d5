// What a reader is told first and finds again behind it: which samples are bad, who improved, the same words everywhere.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/report/browser.hpp"
#include "tests/report/fake_trial.hpp"

namespace gateless::report {
namespace {

using nlohmann::json;

/// The fake trial with files that are alike and without warnings.
Results calm_trial() {
  Results results = fake_trial();
  results.warnings.clear();
  for (QcRow& row : results.qc) row.warnings.clear(), row.batch_shift = 0.1;
  return results;
}

/// One file with a warning, two with a shifted marker, and the summary of shifts that the run says.
Results trial_with_odd_samples() {
  Results results = calm_trial();
  for (QcRow& row : results.qc) {
    if (row.sample == "P3_week 24_B.fcs") row.warnings = "45 % of the events were dropped as dead";
    if (row.sample == "H4_baseline_B.fcs") row.batch_shift = 0.78, row.shifted_marker = "CD95";
    if (row.sample == "P1_week 4_B.fcs") row.batch_shift = 0.31, row.shifted_marker = "CD20";
  }
  results.warnings = {
      "the median of a marker is shifted against its panel, by 0.3 spreads or more, in 2 of 24 "
      "samples: H4_baseline_B.fcs (CD95 by 0.78), 1 more",
      "/home/a clinic/sheet.csv:1: there is no column 'batch'"};
  return results;
}

TEST(FirstScreen, SaysThatNoSampleIsBad) {
  NEEDS_CHROMIUM();
  const json found = probe("calm", calm_trial(), R"js(
    return {header: document.querySelector("header .doubts").textContent, calm: document.querySelector("header .doubts").className,
            marks: document.querySelectorAll(".doubt").length};)js");
  EXPECT_EQ(found["header"].get<std::string>().rfind("No bad sample was found: 24 files", 0), 0U)
      << found["header"];
  EXPECT_EQ(found["calm"], "doubts calm");
  EXPECT_EQ(found["marks"], 0);
}

TEST(FirstScreen, NamesFilesThatLostAStretch) {
  NEEDS_CHROMIUM();
  Results results = calm_trial();
  for (QcRow& row : results.qc) {
    if (row.sample == "P1_baseline_B.fcs" || row.sample == "P4_week 24_B.fcs")
      row.dropped.emplace_back("time", 9000);
  }
  const json found = probe("cut", results, R"js(
    const row = [...document.querySelectorAll("#qc tbody tr")].find((one) => one.cells[0].textContent.startsWith("P4_week 24"));
    return {header: document.querySelector("header .doubts").textContent, look: row.cells[5].textContent,
            tab: document.getElementById("warnings").dataset.short};)js");
  const auto header = found["header"].get<std::string>();
  EXPECT_EQ(header.rfind("No bad sample was found", 0), 0U) << header;
  EXPECT_NE(
      header.find(
          "In 2 files a disturbed stretch was cut out (P1 baseline, P4 week 24: 4.5 % each)."),
      header.npos)
      << header;
  EXPECT_EQ(found["look"], "noted: 9,000 events (4.5 %) of a disturbed stretch were dropped");
  EXPECT_EQ(found["tab"], "Warnings") << "what is noted only is no warning";
}

TEST(FirstScreen, TheRootHasNoRowAndTheSameCellsHaveOne) {
  NEEDS_CHROMIUM();
  Results results = fake_trial();
  for (PatientRow& row : results.patients) {
    if (row.subset == "abnormal_memory_b")
      row.name = "Abnormal memory (here: Double-negative (DN) B cells)";
  }
  const json found = probe("once", results, R"js(
    const heads = [...document.querySelectorAll("#calls tbody th[scope=row]")].map((head) => head.textContent);
    return {heads, courses: [...document.querySelectorAll("#courses h3")].map((head) => head.textContent)};)js");
  std::size_t own = 0, same = 0;
  for (const json& head : found["heads"]) {
    const auto text = head.get<std::string>();
    EXPECT_NE(text, "Leukocytes");
    own += text.rfind("Abnormal memory", 0) == 0 ? 1U : 0U;
    same += text.find("the same cells: Abnormal memory") != std::string::npos ? 1U : 0U;
  }
  EXPECT_EQ(own, 0U);
  EXPECT_GE(same, 1U);
  for (const json& head : found["courses"]) EXPECT_NE(head, "Leukocytes");
}

TEST(FirstScreen, HeaderQualityAndWarningsFollowOneRule) {
  NEEDS_CHROMIUM();
  const json found = probe("one_rule", trial_with_odd_samples(), R"js(
    const cells = (row) => [row.cells[0].textContent, row.cells[5].textContent];
    return {header: document.querySelector("header .doubts").textContent, rows: [...document.querySelectorAll("#qc tbody tr")].map(cells),
            warnings: document.querySelector("#warnings").textContent, tab: document.getElementById("warnings").dataset.short};)js");
  const auto header = found["header"].get<std::string>();
  EXPECT_NE(header.find("1 sample needs a look"), header.npos) << header;
  EXPECT_NE(header.find("Noted only: 2 samples"), header.npos) << header;
  const std::vector<std::pair<std::string, std::string>> first = {
      {"P3_week 24_B.fcs", "needs a look: 45 %"},
      {"H4_baseline_B.fcs", "noted: the median of CD95 lies 0.78"},
      {"P1_week 4_B.fcs", "noted: the median of CD20 lies 0.31"}};
  for (std::size_t row = 0; row < found["rows"].size(); ++row) {
    const auto sample = found["rows"][row][0].get<std::string>();
    const auto look = found["rows"][row][1].get<std::string>();
    if (row < first.size()) {
      EXPECT_NE(sample.find(first[row].first), sample.npos) << sample;
      EXPECT_EQ(look.rfind(first[row].second, 0), 0U) << look;
    } else {
      EXPECT_EQ(look, "nothing") << sample;
    }
  }
  const auto warnings = found["warnings"].get<std::string>();
  for (const auto& [sample, look] : first)
    EXPECT_NE(warnings.find(sample), warnings.npos) << sample << ": " << warnings;
  EXPECT_EQ(warnings.find("1 more"), warnings.npos) << "every sample is named";
  EXPECT_NE(warnings.find("sheet.csv:1: there is no column 'batch'"), warnings.npos);
  EXPECT_EQ(warnings.find("/home/"), warnings.npos) << warnings;
  EXPECT_EQ(found["tab"], "Warnings (2)") << "what is noted only is no warning";
}

TEST(FirstScreen, WhatMovesWithAVisitIsSaidInSight) {
  NEEDS_CHROMIUM();
  Results results = calm_trial();
  for (QcRow& row : results.qc) {
    const bool is_moved = row.sample.find("week 24") != std::string::npos;
    row.spreads = {{"pp38", is_moved ? 1.4 : 0.0, 1.0}};
    row.batch_shift = row.spreads[0].shift, row.shifted_marker = "pp38";
    row.warnings = "slow drift over the acquisition in CD3: kept";
  }
  const json found = probe("moved", results, R"js(
    const list = [...document.querySelectorAll("header .doubts li")];
    return {seen: list.map((item) => item.getBoundingClientRect().height > 0 && item.textContent), marks: document.querySelectorAll(".doubt").length,
            farthest: document.querySelector("#qc tbody").textContent.includes("as its visit or group")};)js");
  ASSERT_EQ(found["seen"].size(), 2U) << found["seen"];
  EXPECT_EQ(found["seen"][0], "24 of 24 files: slow drift over the acquisition in CD3: kept");
  EXPECT_NE(found["seen"][1].get<std::string>().find("At week 24, alike in 6 of 6 patients: pp38"),
            std::string::npos);
  EXPECT_EQ(found["marks"], 0);
  EXPECT_TRUE(found["farthest"].get<bool>());
}

TEST(FirstScreen, TheTableHasTheWordsOfTheSentences) {
  NEEDS_CHROMIUM();
  Results results = fake_trial();
  for (PatientRow& row : results.patients) {
    if (row.subset != "b_dn" || row.visit != "week 24") continue;
    if (row.patient == "P3") row.call = Call::kNoChange, row.low = -0.6, row.high = 0.6;
    if (row.patient == "P5") row.call = Call::kNoChange, row.low = -0.1, row.high = -0.002;
    if (row.patient == "P6")
      row.call = Call::kNotQuantifiable, row.detection_before = Detection::kQuantifiable;
  }
  const json found = probe("words", results, R"js(
    const row = [...document.querySelectorAll("#calls tbody tr")].find((one) => one.cells[0].textContent.startsWith("Double-negative"));
    return {cells: [...row.cells].slice(1).map((cell) => cell.querySelector("b").textContent), hint: row.cells[5].title,
            sentence: document.querySelector("#answer .headline").textContent, all: document.querySelector("#calls").textContent.includes("no change"),
            key: document.querySelector("#waterfalls .key").textContent};)js");
  EXPECT_EQ(found["cells"], json::array({"▼ fell", "▼ fell", "± unsure", "▼ fell",
                                         "= hardly changed", "? too few events"}));
  const auto sentence = found["sentence"].get<std::string>();
  for (const char* words : {"fell in 3 of 6 patients (P1, P2, P4)", "hardly changed in 1 (P5)",
                            "unsure in 1 (P3)", "too few events to tell in 1 (P6)"})
    EXPECT_NE(sentence.find(words), sentence.npos) << words << ": " << sentence;
  EXPECT_NE(found["hint"].get<std::string>().find("to −0.2 %"), std::string::npos) << found["hint"];
  EXPECT_FALSE(found["all"].get<bool>());
  EXPECT_NE(found["key"].get<std::string>().find("± unsure"), std::string::npos);
}

TEST(FirstScreen, SaysWhoImprovedAndHasTheScoreInTheTable) {
  NEEDS_CHROMIUM();
  const json found = probe("improved", fake_trial(), R"js(
    const row = document.querySelector("#calls tbody tr:nth-child(2)");
    return {box: document.querySelector("#answer .improvement").textContent, row: [...row.cells].map((cell) => cell.textContent),
            intro: document.querySelector("#answer .lead").textContent};)js");
  const auto box = found["box"].get<std::string>();
  EXPECT_NE(
      box.find("By SLEDAI (a fall is an improvement; a fall of any size counts), from baseline to "
               "week 24: it fell in 6"),
      box.npos)
      << box;
  EXPECT_EQ(found["row"][0], "SLEDAI");
  EXPECT_EQ(found["row"][1], "▼ fell8 → 3.2");
  EXPECT_NE(found["intro"].get<std::string>().find("it is 15 % or more"), std::string::npos);
  Results results = fake_trial();
  results.activity.clear(), results.activity_name.clear();
  const json without = probe("no_score", results, R"js(
    return {box: document.querySelector("#answer .improvement").textContent, band: document.querySelector("#calls .band").textContent};)js");
  EXPECT_NE(without["box"].get<std::string>().find("Cannot be told: no clinical score was given"),
            std::string::npos);
  EXPECT_EQ(without["band"], "Primary");
}

TEST(FirstScreen, AnAskedSubsetWithoutAnAnswerIsAsVisibleAsOthers) {
  NEEDS_CHROMIUM();
  Results results = fake_trial();
  results.primary = {"tph"};
  const json found = probe("untold", results, R"js(
    return {line: document.querySelector("#answer .statement .headline").textContent};)js");
  EXPECT_EQ(found["line"],
            "Peripheral helper T (Tph) cannot be told here: PD-1 is not in the panel.");
}

TEST(FirstScreen, SaysHowTheAskedCellsAreGatedByHand) {
  NEEDS_CHROMIUM();
  Results results = fake_trial();
  results.gates[0].subset = "b_dn";
  const json found = probe("by_hand", results, R"js(
    return {line: document.querySelector("#answer .statement").textContent};)js");
  const auto line = found["line"].get<std::string>();
  EXPECT_NE(line.find("By hand: CD19 > 1,210 and CD3 < 850. 99.0 % of these cells are inside, and "
                      "98.0 % of what is inside are these cells"),
            line.npos)
      << line;
}

TEST(FirstScreen, ASubsetWithACommaInItsNameShowsItsCells) {
  NEEDS_CHROMIUM();
  Results results = fake_trial();
  results.back_gates[0].parts[1] = "DN2 (extrafollicular, ABC-like), DN3";
  const json found = probe("comma", results, R"js(
    return {dn2: Boolean(seeCells("b_dn2")), dn3: Boolean(seeCells("b_dn3")), none: Boolean(seeCells("b_asc"))};)js");
  EXPECT_TRUE(found["dn2"].get<bool>());
  EXPECT_TRUE(found["dn3"].get<bool>());
  EXPECT_FALSE(found["none"].get<bool>()) << "no picture has it";
}

TEST(FirstScreen, TheMarkIsOnPooledPicturesAndOnThePatientsKey) {
  NEEDS_CHROMIUM();
  const json found = probe("pooled", trial_with_odd_samples(), R"js(
    const captions = (id) => [...document.querySelectorAll(`#${id} figcaption`)].filter((caption) => caption.querySelector(".doubt")).map((caption) => caption.textContent);
    return {pictures: captions("pictures"), map: captions("map"), chips: [...document.querySelectorAll("#courses .key button")].map((chip) => chip.textContent)};)js");
  ASSERT_GE(found["pictures"].size(), 1U);
  EXPECT_EQ(found["pictures"][0].get<std::string>().rfind("lupus, week 24", 0), 0U);
  EXPECT_NE(found["pictures"][0].get<std::string>().find("⚠ with P3, week 24"), std::string::npos);
  EXPECT_EQ(found["map"].size(), 1U);
  EXPECT_EQ(found["chips"], json::array({"P1", "P2", "P3 ⚠", "P4", "P5", "P6"}));
}

TEST(FirstScreen, NamesInPicturesAndTheQualityTableAreNotCut) {
  NEEDS_CHROMIUM();
  Results results = trial_with_odd_samples();
  for (QcRow& row : results.qc) {
    row.sample = "PBMC8_30min_" + row.sample;
    row.thresholds = "doublet: forward scatter area above 1.1 of its ridge";
    for (int marker = 0; marker < 24; ++marker)
      row.spreads.push_back({fmt::format("M{}", marker), 0.1, 1.0});
  }
  const json found = probe("cut", results, R"js(
    for (const part of document.querySelectorAll("main, main section")) part.style.width = "1310px";
    const scroll = document.querySelector("#qc .scroll");
    return {labels: [...document.querySelectorAll("#pictures .parttext")].map((text) => text.textContent).filter((text) => text.includes("\u2026")),
            table: scroll.scrollWidth, room: scroll.clientWidth};)js");
  EXPECT_EQ(found["labels"], json::array());
  EXPECT_LE(found["table"], found["room"]);
}

}  // namespace
}  // namespace gateless::report
