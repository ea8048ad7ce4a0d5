// The page: the same bytes each time, text from files never markup, and something to read for every kind of run.
#include "host/report/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/report/page_json.hpp"
#include "tests/report/browser.hpp"
#include "tests/report/fake_trial.hpp"

namespace gateless::report {
namespace {

TEST(Report, TheSameResultsGiveTheSameBytes) {
  const Results results = fake_trial();
  EXPECT_EQ(render_report(results), render_report(results));
}

TEST(Report, StandsAloneWithoutNetwork) {
  const std::string page = render_report(fake_trial());
  EXPECT_NE(page.find("function courseChart"), page.npos);
  EXPECT_EQ(page.find("<script src"), page.npos);
  EXPECT_EQ(page.find("<link"), page.npos);
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
}

TEST(Report, TextFromFilesNeverBecomesMarkup) {
  const std::string tame = render_report(fake_trial());
  const std::string page = render_report(hostile_trial());
  EXPECT_EQ(occurrences(page, "</script"), occurrences(tame, "</script"));
  EXPECT_EQ(occurrences(page, "<script"), occurrences(tame, "<script"));
  EXPECT_EQ(occurrences(page, "<!--"), occurrences(tame, "<!--"));
  EXPECT_NE(page.find("&lt;/script&gt;"), page.npos);       // the title
  EXPECT_NE(page.find("\\u003c/script>"), page.npos);       // the results
  EXPECT_NE(page.find("{{page.css}} \\u2028"), page.npos);  // not filled in again
}

TEST(Report, BytesThatAreNotUtf8AreReplaced) {
  Results results;
  results.warnings = {"caf\xE9 \xFF"};
  const auto page = nlohmann::json::parse(page_json(results));
  EXPECT_EQ(page["attention"]["rest"][0], "caf\xEF\xBF\xBD \xEF\xBF\xBD");
}

/// Where a table of the page has a column.
std::size_t column_of(const nlohmann::json& table, const std::string& name) {
  const auto& columns = table["columns"];
  return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) -
                                  columns.begin());
}

TEST(Report, NumbersThatAreNoneBecomeNull) {
  Results results;
  results.patients.resize(1);
  results.patients[0].change = std::numeric_limits<double>::infinity();
  results.patients[0].p = 0.123456789;
  const auto table = nlohmann::json::parse(page_json(results))["patients"];
  const auto& row = table["rows"][0];
  EXPECT_TRUE(row[column_of(table, "change")].is_null());
  EXPECT_EQ(row[column_of(table, "p")], 0.12346);
}

TEST(Report, WordsOfLongTablesAreWrittenOnce) {
  Results results;
  results.patients.resize(2);
  for (PatientRow& row : results.patients) row.subset = "b_dn", row.name = "DN B cells";
  results.patients[1].patient = "P 2";
  const auto table = nlohmann::json::parse(page_json(results))["patients"];
  const auto word = [&](std::size_t row, const char* column) {
    const auto& place = table["rows"][row][column_of(table, column)];
    return table["words"][place.get<std::size_t>()].get<std::string>();
  };
  const std::size_t change = column_of(table, "change");
  EXPECT_EQ(std::count(table["coded"].begin(), table["coded"].end(), change), 0);
  EXPECT_EQ(word(0, "subset"), "b_dn");
  EXPECT_EQ(word(1, "name"), "DN B cells");
  EXPECT_EQ(word(1, "patient"), "P 2");
}

TEST(Report, AFullTrialDrawsEverySectionWithoutComplaint) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  const Opened report = opened("trial", fake_trial());
  EXPECT_EQ(report.console, "");
  EXPECT_EQ(report.page.find("class=\"empty\">This section could not"), report.page.npos);
  EXPECT_NE(report.page.find("CD19 &gt; 1,210 and CD3 &lt; 850"), report.page.npos);
  EXPECT_NE(report.page.find("What changed from baseline to week 24"), report.page.npos);
  EXPECT_NE(report.page.find(
                "<b>Double-negative (DN) B cells</b> fell in 4 of 6 patients (P1, P2, P4, P6)"),
            report.page.npos);
}

TEST(Report, ASampleThatNeedsALookIsSaidFirstAndMarkedWhereItCounts) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  Results results = fake_trial();
  for (QcRow& row : results.qc) {
    row.warnings.clear();
    row.batch_shift = 0.1;
    if (row.sample == "P3_week 24_B.fcs") row.warnings = "45 % of the events were dropped as dead";
  }
  results.warnings = {"one", "two"};
  const Opened report = opened("doubt", results);
  EXPECT_EQ(report.console, "");
  const std::string header = report.page.substr(0, report.page.find("<nav"));
  EXPECT_NE(header.find("1 sample needs a look"), header.npos);
  EXPECT_NE(header.find("<b>P3, week 24</b> (P3_week 24_B.fcs): 45 % of the events were dropped"),
            header.npos);
  EXPECT_GT(occurrences(report.page, "class=\"doubt\""), 5U) << "sentences and the column of P3";
  EXPECT_NE(report.page.find("Warnings (3)"), report.page.npos);
}

TEST(Report, AnEmptyRunExplainsEachSection) {
  const std::string page = render_report(Results{});
  EXPECT_NE(page.find("<title>gateless</title>"), page.npos);
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  const Opened report = opened("empty", Results{});
  EXPECT_EQ(report.console, "");
  EXPECT_GE(occurrences(report.page, "class=\"empty\""), 12U);
}

TEST(Report, ClustersAloneAreShownWithoutNames) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  Results results = fake_trial();
  results.abundance.clear(), results.patients.clear(), results.changes.clear(),
      results.abnormal.clear();
  results.unresolved.clear(), results.back_gates.clear(), results.gates.clear(),
      results.primary.clear(), results.secondary.clear();
  results.patient_groups.clear(), results.activity.clear(), results.visits.clear();
  for (ClusterRow& row : results.clusters) row.subset = row.name = row.explanation = "";
  const Opened report = opened("clusters", results);
  EXPECT_EQ(report.console, "");
  EXPECT_NE(report.page.find("No subsets: clusters were not named"), report.page.npos);
  EXPECT_GT(occurrences(report.page, "class=\"level\""), 300U);
}

TEST(Report, HostileTextIsShownAsText) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  const Opened report = opened("hostile", hostile_trial());
  EXPECT_EQ(report.console, "");
  const std::string body = report.page.substr(
      report.page.find("<body"), report.page.find("id=\"results\"") - report.page.find("<body"));
  EXPECT_EQ(occurrences(body, "<script>alert"), 0U);
  EXPECT_GT(occurrences(body, "&lt;script&gt;alert(1)"), 50U);
}

TEST(Report, ALargeStudyStaysSmallEnoughToMail) {
  const Results results = large_trial();
  ASSERT_EQ(results.clusters.size(), 60U);
  ASSERT_EQ(results.abundance.size(), 2000U);
  EXPECT_LT(render_report(results).size(), 1'500'000U);
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
  EXPECT_EQ(opened("large", results).console, "");
}

}  // namespace
}  // namespace gateless::report
