// Sample sheets as clinics keep them: tabs, missing values, visits without a sample, no column for files or groups.
#include "io/sample_sheet.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "host/core/error.hpp"
#include "io/sample_files.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

const std::string kHeader = "visit\tVisit_ID\tSite\tpatient\tmonths\tSLEDAI\tSRI_YesNo\tdsDNA\n";

SampleSheet sheet(const TemporaryFolder& folder, const std::string& text) {
  return read_sample_sheet(folder.file("visits.txt", text));
}

std::string sheet_error(const TemporaryFolder& folder, const std::string& text) {
  try {
    static_cast<void>(sheet(folder, text));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

bool says(const std::vector<std::string>& warnings, const std::string& words) {
  for (const std::string& warning : warnings) {
    if (warning.find(words) != std::string::npos) return true;
  }
  return false;
}

TEST(ClinicSheet, IsReadWithTabsMissingValuesAndIrregularVisits) {
  const TemporaryFolder folder;
  for (const char* name : {"fcs/4_Baseline_B.fcs", "fcs/4_Baseline_T.fcs", "fcs/4_follow-up_01.fcs",
                           "fcs/40_Baseline.fcs", "fcs/compensation.fcs"})
    folder.file(name, "x");
  const SampleSheet read = sheet(folder, kHeader +
                                             "Baseline\t1\tSolna\t4\t0\t18\t\t1855.2\n"
                                             "Follow-up 1\t2\tSolna\t4\t3.39\tNA\tYes\t\n"
                                             "Follow-up 2\t3\tSolna\t4\t6.2\t10\tNo\t993\n"
                                             "Baseline\t1\tSolna\t40\t0\t7\t\t9\n");
  ASSERT_EQ(read.samples.size(), 4U);
  EXPECT_EQ(read.samples[0].file, "fcs/4_Baseline_B.fcs");
  EXPECT_EQ(read.samples[1].file, "fcs/4_Baseline_T.fcs");
  EXPECT_EQ(read.samples[2].file, "fcs/4_follow-up_01.fcs");
  EXPECT_EQ(read.samples[2].path, folder / "fcs/4_follow-up_01.fcs");
  EXPECT_EQ(read.samples[3].patient, "40");
  EXPECT_EQ(read.samples[0].group, "patients");
  EXPECT_EQ(read.samples[0].numbers.at("SLEDAI"), 18.0);
  EXPECT_EQ(read.samples[0].numbers.at("SRI_YesNo"), std::nullopt);
  EXPECT_EQ(read.samples[2].numbers.at("SRI_YesNo"), 1.0);
  EXPECT_EQ(read.samples[2].numbers.at("SLEDAI"), std::nullopt);
  EXPECT_TRUE(says(read.warnings, "no column 'group'"));
  EXPECT_TRUE(says(read.warnings, "column 'Site' is ignored"));
  EXPECT_TRUE(says(read.warnings, "1 row has no file and is left out: 4, Follow-up 2"));
  EXPECT_TRUE(says(read.warnings, "1 file is of no row and is left out: fcs/compensation.fcs"));
}

TEST(ClinicSheet, FilesMustBeTold) {
  const TemporaryFolder folder;
  const std::string text = kHeader + "Baseline\t1\tSolna\t4\t0\t18\t\t1855.2\n";
  EXPECT_NE(sheet_error(folder, text).find("name files like '4_Baseline.fcs'"), std::string::npos);
  folder.file("4_Baseline.fcs", "x");
  EXPECT_EQ(sheet(folder, text).samples.size(), 1U);
  folder.file("5_follow-up_1.fcs", "x");
  EXPECT_NE(sheet_error(folder, text + "Follow-up 1\t2\tSolna\t5\t3\t14\tYes\t\n"
                                       "Follow up 1\t2\tSolna\t5\t3\t14\tYes\t\n")
                .find("'5_follow-up_1.fcs' could be of several rows"),
            std::string::npos);
}

TEST(ClinicSheet, SeparatorsMayBeCommasTabsOrSemicolons) {
  const TemporaryFolder folder;
  folder.file("a.fcs", "x");
  for (const char* text : {"file,patient,visit,group\na.fcs,\"P;1\",v,g\n",
                           "file\tpatient\tvisit\tgroup\na.fcs\tP;1\tv\tg\n",
                           "file;patient;visit;group\na.fcs;\"P;1\";v;g\n"})
    EXPECT_EQ(sheet(folder, text).samples.at(0).patient, "P;1") << text;
}

TEST(SampleFiles, WordsDecideAndTheLongestNameWins) {
  const std::vector<PatientVisit> rows{
      {"P1", "week 2"}, {"P1", "week 2 repeat"}, {"P11", "week 2"}};
  const FoundFiles found = match_sample_files(
      {"P01_Week-2_B.fcs", "P1 week 2 repeat.fcs", "p11/week2.fcs", "P1_week24.fcs"}, rows);
  EXPECT_EQ(found.of_row[0], std::vector<std::string>{"P01_Week-2_B.fcs"});
  EXPECT_EQ(found.of_row[1], std::vector<std::string>{"P1 week 2 repeat.fcs"});
  EXPECT_EQ(found.of_row[2], std::vector<std::string>{"p11/week2.fcs"});
  EXPECT_EQ(found.of_nobody, std::vector<std::string>{"P1_week24.fcs"});
  EXPECT_EQ(match_sample_files({"a_1.fcs"}, {{"A", "1"}, {"a", "1"}}).ambiguous.size(), 1U);
}

TEST(SampleFiles, NumbersDecideOnlyWhereTheyAreClear) {
  const std::vector<PatientVisit> rows{{"1", "Baseline"}, {"1", "Follow-up 1"}, {"2", "Baseline"}};
  const FoundFiles found = match_sample_files({"1_time0_B.csv", "1_time1_B.csv"}, rows);
  EXPECT_TRUE(found.is_by_number);
  EXPECT_EQ(found.of_row[0], std::vector<std::string>{"1_time0_B.csv"});
  EXPECT_EQ(found.of_row[1], std::vector<std::string>{"1_time1_B.csv"});
  const auto nobody = [&](const std::vector<std::string>& paths,
                          const std::vector<PatientVisit>& of) {
    return match_sample_files(paths, of).of_nobody.size() == paths.size();
  };
  EXPECT_TRUE(nobody({"1_V1.fcs"}, rows));              // counted from 0 or from 1?
  EXPECT_TRUE(nobody({"1_t0.fcs", "1_t2.fcs"}, rows));  // no such visit
  EXPECT_TRUE(nobody({"1_t0.fcs", "1_v1.fcs"}, rows));  // two ways of counting
  EXPECT_TRUE(nobody({"1_t0.fcs"}, {{"1", "before"}, {"1", "after"}}));
}

/// A real lupus trial's sheet (belimumab: 23 patients at 2 to 9 visits); skipped where it is not at hand.
class RealSheet : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("GATELESS_DATA");
    const std::string root =
        data != nullptr ? std::string(data) : std::string(GATELESS_SOURCE_DIR) + "/../shared/data";
    folder_ = root + "/sle_baff_visits/";
    std::ifstream file(folder_ + "timepoints_and_sledai_table.txt");
    if (!file) GTEST_SKIP() << "real data are not at " << root << " (set GATELESS_DATA)";
    std::ostringstream text;
    text << file.rdbuf();
    text_ = text.str();
    for (const auto& [from, to] : std::map<std::string, std::string>{
             {"Visits", "visit"}, {"CMM_Patient-ID", "patient"}, {"SLEDAI_score", "sledai"}})
      text_.replace(text_.find(from), from.size(), to);
  }
  std::string folder_, text_;
};

TEST_F(RealSheet, ReadsAsItIsWithColumnsRenamed) {
  // The names of the trial's own files: patient, time0 ... and sometimes B.
  std::set<std::string> names;
  for (const char* list : {"samples_by_time_selection_from5months.txt",
                           "samples_by_time_selection_to4_paired_run1.txt",
                           "samples_by_time_selection_to4_paired_run2.txt"}) {
    std::ifstream file(folder_ + list);
    for (std::string name; file >> name;) names.insert(name);
  }
  ASSERT_EQ(names.size(), 92U);
  const TemporaryFolder folder;
  for (const std::string& name : names) folder.file("Bcells/" + name, "x");
  const SampleSheet read = sheet(folder, text_);
  EXPECT_EQ(read.samples.size(), names.size());
  for (const Sample& sample : read.samples) {
    const std::string time = sample.visit == "Baseline" ? "0" : sample.visit.substr(10);
    EXPECT_EQ(sample.file.rfind("Bcells/" + sample.patient + "_time" + time, 0), 0U) << sample.file;
  }
  std::map<std::string, double> sledai;
  for (const Sample& sample : read.samples) {
    if (sample.patient == "7") sledai[sample.visit] = sample.numbers.at("sledai").value();
  }
  EXPECT_EQ(sledai.at("Baseline"), 24.0);
  EXPECT_EQ(sledai.at("Follow-up 2"), 6.0);
  EXPECT_EQ(read.samples[0].numbers.at("SRI_YesNo"), std::nullopt);
  EXPECT_LE(read.warnings.size(), 6U);  // of 129 rows
}

TEST_F(RealSheet, ReadsWithFilesNamedAfterItsVisits) {
  const TemporaryFolder folder;
  std::istringstream lines(text_);
  std::string line;
  std::getline(lines, line);
  std::size_t rows = 0;
  for (; std::getline(lines, line); ++rows) {
    std::istringstream fields(line);
    std::string visit, skipped, patient;
    std::getline(fields, visit, '\t');
    std::getline(fields, skipped, '\t');
    std::getline(fields, skipped, '\t');
    std::getline(fields, patient, '\t');
    folder.file(patient + "_" + visit + ".fcs", "x");
  }
  const SampleSheet read = sheet(folder, text_);
  EXPECT_EQ(rows, 129U);
  EXPECT_EQ(read.samples.size(), rows);
  std::size_t yes = 0, no = 0, missing = 0;
  for (const Sample& sample : read.samples) {
    const auto sri = sample.numbers.at("SRI_YesNo");
    yes += sri == 1.0 ? 1U : 0U;
    no += sri == 0.0 ? 1U : 0U;
    missing += sri ? 0U : 1U;
    EXPECT_TRUE(sample.numbers.at("sledai").has_value());
  }
  EXPECT_EQ(yes, 64U);
  EXPECT_EQ(no, 39U);
  EXPECT_EQ(missing, 26U);  // the 23 baselines, and patient 5, who was too well for it
}

/// A sheet beside two event files in a folder.
SampleSheet sheet_of_two(const TemporaryFolder& folder, const std::string& text) {
  static_cast<void>(folder.file("a.csv", "CD3\n1\n"));
  static_cast<void>(folder.file("b.csv", "CD3\n1\n"));
  return read_sample_sheet(folder.file("samples.csv", text));
}

TEST(SpreadsheetSheet, DecimalCommasLooseEndsAndOddBlanksAreRead) {
  const TemporaryFolder folder;
  const SampleSheet sheet =
      sheet_of_two(folder,
                   "\xEF\xBB\xBFsep=;\r\nfile;patient;visit;group;sledai;cells_per_ul;;\r\n"
                   "a.csv;P1 ;baseline;sle;12,5;210,5;;\r\nb.csv;P1\xC2\xA0;week24;sle;7.5;NA;;\r\n"
                   ";;;;;;;\r\n;;;;;;;\r\n");
  ASSERT_EQ(sheet.samples.size(), 2U);
  EXPECT_EQ(sheet.samples[0].patient, "P1");
  EXPECT_EQ(sheet.samples[1].patient, "P1");
  EXPECT_EQ(sheet.samples[0].numbers.at("sledai"), 12.5);
  EXPECT_EQ(sheet.samples[1].numbers.at("sledai"), 7.5);
  EXPECT_EQ(sheet.samples[0].cells_per_ul, 210.5);
  EXPECT_FALSE(sheet.samples[1].cells_per_ul);
  EXPECT_EQ(sheet.samples[1].line, 4);
  EXPECT_TRUE(sheet.warnings.empty());
}

TEST(SpreadsheetSheet, PathsOfWindowsAndItsLettersAreRead) {
  const TemporaryFolder folder;
  static_cast<void>(folder.file("c.csv", "CD3\n1\n"));
  std::filesystem::create_directory(folder.path() + "/sub");
  std::filesystem::copy(folder.path() + "/c.csv", folder.path() + "/sub/c.csv");
  const SampleSheet sheet =
      sheet_of_two(folder, "file,patient,visit,group\nsub\\c.csv,P1,baseline,S\xE9ro\x96positif\n");
  EXPECT_EQ(sheet.samples[0].file, "sub/c.csv");
  EXPECT_EQ(sheet.samples[0].group, "S\u00e9ro-positif") << "Windows-1252; dashes are plain";
}

TEST(SpreadsheetSheet, WordsThatDifferInCapitalsAreOneAndThisIsSaid) {
  const TemporaryFolder folder;
  const SampleSheet sheet = sheet_of_two(
      folder, "file,patient,visit,group\na.csv,P1,baseline,sle\nb.csv,P2,Baseline,sle\n");
  EXPECT_EQ(sheet.samples[0].visit, sheet.samples[1].visit);
  EXPECT_TRUE(says(sheet.warnings, "differs in capitals"));
}

TEST(SpreadsheetSheet, TitlesAboveTheHeaderAndCellsKeptAsTextAreRead) {
  const TemporaryFolder folder;
  folder.file("P1_b.fcs", "x");
  folder.file("P1_w.fcs", "x");
  const SampleSheet read = sheet(folder,
                                 "Samples of the trial,,,\n# second export,,,\n,,,\n"
                                 "file,patient,visit,group\nP1_b.fcs,\"=\"\"P1\"\"\",b,sle\n"
                                 "P1_w.fcs,\u201CP1\u201D,w,sle\n");
  ASSERT_EQ(read.samples.size(), 2U);
  EXPECT_EQ(read.samples[0].patient, "P1");
  EXPECT_EQ(read.samples[1].patient, "P1");
  EXPECT_EQ(read.samples[0].line, 5);
  EXPECT_TRUE(read.warnings.empty());
}

TEST(SpreadsheetSheet, LeadingZerosThatASpreadsheetTookAwayAreNoOtherPatient) {
  const TemporaryFolder folder;
  for (const char* file : {"a.fcs", "b.fcs", "c.fcs"}) folder.file(file, "x");
  const SampleSheet read = sheet(folder,
                                 "file,patient,visit,group\na.fcs,007,b,sle\nb.fcs,7,w,sle\n"
                                 "c.fcs,007,x,sle\n");
  for (const Sample& sample : read.samples) EXPECT_EQ(sample.patient, "007");
  EXPECT_TRUE(says(read.warnings, "'7' is read as '007', which differs in leading zeros alone"));
}

TEST(SpreadsheetSheet, APatientInTwoGroupsAndACellThatIsNoNumberAreNamed) {
  const TemporaryFolder folder;
  folder.file("a.fcs", "x");
  folder.file("b.fcs", "x");
  const SampleSheet read = sheet(folder,
                                 "file,patient,visit,group,sledai\na.fcs,P1,b,sle,4\n"
                                 "b.fcs,P1,w,healthy,<4\n");
  EXPECT_TRUE(says(read.warnings, "'P1' ('sle' in line 2, 'healthy' in line 3)"));
  EXPECT_TRUE(says(read.warnings, "('<4' in line 3)"));
  EXPECT_EQ(read.not_numbers.at("sledai"), "'<4' in line 3");
}

TEST(SpreadsheetSheet, AFileIsFoundHoweverItsAccentsAreWritten) {
  const TemporaryFolder folder;
  folder.file("M\u00FCller.fcs", "x");
  const SampleSheet read = sheet(folder, "file,patient,visit,group\nMu\u0308ller.fcs,P1,b,sle\n");
  ASSERT_EQ(read.samples.size(), 1U);
  EXPECT_TRUE(read.samples[0].path.ends_with("M\u00FCller.fcs"));
}

TEST(SpreadsheetSheet, WorkbooksAndArchivesAreCalledWhatTheyAre) {
  const TemporaryFolder folder;
  EXPECT_NE(sheet_error(folder, std::string("PK\x03\x04\0\0", 6)).find("an Excel workbook"),
            std::string::npos);
  EXPECT_NE(sheet_error(folder, "\x1F\x8B\x08").find("compressed with gzip"), std::string::npos);
  EXPECT_NE(sheet_error(folder, "<html><table>").find("a web page"), std::string::npos);
}

TEST(SpreadsheetSheet, OldLineEndsKeepTheirNumbers) {
  const TemporaryFolder folder;
  const SampleSheet sheet = sheet_of_two(
      folder, "file,patient,visit,group\ra.csv,P1,baseline,sle\rb.csv,P2,baseline,sle\r");
  ASSERT_EQ(sheet.samples.size(), 2U);
  EXPECT_EQ(sheet.samples[1].line, 3);
}

}  // namespace
}  // namespace gateless::io
