// Event tables as text, and the choice of reader by content.
#include "io/event_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/error.hpp"
#include "io/event_csv.hpp"
#include "io/fcs_writer.hpp"
#include "io/inspect.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

RawSample read(const std::string& text) {
  const TemporaryFolder folder;
  return read_event_csv(folder.file("a.csv", text));
}

std::string rejection(const std::string& text) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.csv", text);
  try {
    (void)read_event_csv(path);
  } catch (const InputError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(path + ":")) << error.what();
    return std::string(error.what()).substr(path.size());
  }
  return "was read";
}

TEST(EventCsv, ReadsNumbersByColumn) {
  const RawSample sample = read("Time,FSC-A\n1,2.5\n-3,4e2\n");
  EXPECT_EQ(sample.version, "CSV");
  EXPECT_EQ(sample.events, 2U);
  EXPECT_EQ(sample.channels[1].name, "FSC-A");
  EXPECT_EQ(sample.values, (std::vector<std::vector<float>>{{1.0F, -3.0F}, {2.5F, 400.0F}}));
  EXPECT_TRUE(sample.warnings.empty());
}

TEST(EventCsv, AcceptsTabsSemicolonsQuotesByteOrderMarkCrLfAndAMissingLastLineEnd) {
  for (const char* text : {"A\tB\n1\t2\n", "A;B\n1;2\n", "\"A\",\"B\"\n\"1\",\"2\"\n",
                           "\xEF\xBB\xBF"
                           "A,B\r\n1,2\r\n",
                           "A,B\n1,2", "A , B\n 1 , +2 \n\n"}) {
    const RawSample sample = read(text);
    EXPECT_EQ(sample.values, (std::vector<std::vector<float>>{{1.0F}, {2.0F}})) << text;
    EXPECT_EQ(sample.channels[0].name, "A");
    EXPECT_EQ(sample.channels[1].name, "B");
  }
  EXPECT_EQ(read("\"CD3, \"\"clone\"\"\",B\n1,2\n").channels[0].name, "CD3, \"clone\"");
}

TEST(EventCsv, CostsNoMoreThanItsBytesWhateverTheyAre) {
  // Each of these once took time that grew with the square of the length, or more than a minute.
  std::string wide = "a";
  for (int column = 0; column < 300'000; ++column) wide += ",a";
  EXPECT_NE(rejection(wide + "\n").find(":1: 300001 columns"), std::string::npos);
  EXPECT_NE(rejection(std::string(4'000'000, '"')).find("no header row"), std::string::npos);
}

TEST(EventCsv, LeavesOutRowNames) {
  const RawSample sample = read("\"\",\"A\"\n\"first\",1\n\"second\",2\n");
  EXPECT_EQ(sample.values, (std::vector<std::vector<float>>{{1.0F, 2.0F}}));
  EXPECT_EQ(sample.warnings.size(), 1U);
}

TEST(EventCsv, KeepsAndCountsWhatIsNotFinite) {
  const RawSample sample = read("A\nnan\ninf\n1e60\n1e-60\n");
  EXPECT_EQ(sample.values[0][3], 0.0F);
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_EQ(sample.warnings[0], "3 values are infinite or not a number: A.");
}

TEST(EventCsv, SaysWhichLineIsWrong) {
  EXPECT_TRUE(rejection("").starts_with(":1: there is no header row"));
  EXPECT_TRUE(rejection("\n;;\n").starts_with(":1: there is no header row"));
  EXPECT_TRUE(rejection("A,B\n").starts_with(":2: no row follows the header"));
  EXPECT_TRUE(rejection("1,2\n3,4\n").starts_with(":1: the first row holds numbers only"));
  EXPECT_TRUE(rejection("A,,C\n1,2,3\n").starts_with(":1: column 2 has no name"));
  EXPECT_TRUE(rejection("A,B\n1,2\n1,x\n").starts_with(":3: 'x' in column B is not a number"));
  EXPECT_TRUE(rejection("sep=,\nA,B\na.u.,a.u.\n").starts_with(":3: 'a.u.' in column A"));
  for (const char* row : {"1,1 2", "1,1,5", "1,0x10", "1,1e", "1,2,,3", "1"})
    EXPECT_TRUE(rejection(std::string("A,B\n1,2\n") + row + "\n").starts_with(":3: ")) << row;
  EXPECT_TRUE(rejection("A,B\n1,2,3\n").starts_with(":2: the row has 3 cells, the header 2"));
  EXPECT_NE(rejection("A,B\n1,2,3\n").find("row names"), std::string::npos);
  EXPECT_TRUE(rejection("A,B\n1\n").starts_with(":2: the row has 1 cells, the header 2"));
}

using Columns2 = std::vector<std::vector<float>>;

TEST(EventCsv, ReadsWhatSpreadsheetsWrite) {
  const Columns2 right{{1.5F, 3.0F}, {2.0F, -4.25F}};
  EXPECT_EQ(read("A;B\n1,5;2\n3;-4,25\n").values, right);
  EXPECT_EQ(read("sep=;\r\nA;B\r\n1,5;2\r\n3;-4,25\r\n").values, right);
  EXPECT_EQ(read("\"SEP=,\"\nA,B\n1.5,2\n3,-4.25\n").values, right);
  EXPECT_EQ(read("A,B\n\"1,5\",2\n3,\"-4,25\"\n").values, right);
  EXPECT_EQ(read("A,B\r1.5,2\r3,-4.25\r").values, right);
  EXPECT_EQ(read("A,B,,\n1.5,2,,\n,,,\n3,-4.25,,\n,,,\n").values, right);
  EXPECT_EQ(read("A,B\n1.5,2,\n3,-4.25,\n").values, right);
  EXPECT_EQ(read("\n\nA\tB\n1,5\t2\n3\t-4,25\n").values, right);
  EXPECT_EQ(read("A,File,B\n1.5,a.fcs,2\n3,,-4.25\n").values, right);
  EXPECT_EQ(read("A,File,B\n1.5,a.fcs,2\n3,b.fcs,-4.25\n").warnings[0],
            "Columns of words are left out: File.");
}

TEST(EventCsv, ReadsUtf16InEitherOrder) {
  for (const bool is_big : {false, true}) {
    for (const bool has_mark : {false, true}) {
      std::string text;
      const auto add = [&](unsigned unit) {
        const char high = static_cast<char>(unit >> 8U), low = static_cast<char>(unit & 0xFFU);
        text += is_big ? high : low;
        text += is_big ? low : high;
      };
      if (has_mark) add(0xFEFF);
      for (const char letter : std::string("FSC-A\tCD3\n10\t2\n30\t4\n"))
        add(static_cast<unsigned char>(letter));
      const RawSample sample = read(text);
      EXPECT_EQ(sample.channels[0].name, "FSC-A");
      EXPECT_EQ(sample.values, (Columns2{{10.0F, 30.0F}, {2.0F, 4.0F}}));
    }
  }
}

TEST(EventCsv, BlankAndNaAreNoValues) {
  const RawSample sample = read("A,B\n1,\nNA,2\n3,#N/A\n4,5\n");
  ASSERT_EQ(sample.events, 4U);
  EXPECT_TRUE(std::isnan(sample.values[1][0]) && std::isnan(sample.values[0][1]) &&
              std::isnan(sample.values[1][2]));
  EXPECT_EQ(sample.warnings, std::vector<std::string>{"3 cells are blank or say NA: in A, B."});
}

TEST(EventCsv, WhatMayBeTwoThingsIsRefused) {
  EXPECT_NE(rejection("A;B\n1,234;2,500\n").find("group thousands"), std::string::npos);
  EXPECT_NE(rejection("A;B\n1,5;2.5\n").find("others a decimal point"), std::string::npos);
  EXPECT_NE(rejection("A;B\n1;2\n1.234,5;2\n").find("thousands in groups"), std::string::npos);
  EXPECT_NE(rejection("A,B\n\"1,234.5\",2\n").find("thousands in groups"), std::string::npos);
  EXPECT_NE(rejection("A,B\n12 %,2\n").find("or a unit?"), std::string::npos);
  EXPECT_NE(rejection("A,B\n1,5,2,5\n").find("decimal commas?"), std::string::npos);
  EXPECT_NE(rejection("A,B\nx,1\n2,3\n").find("numbers here and words in other rows"),
            std::string::npos);
}

TEST(EventCsv, LinesMayCrossBlocks) {
  std::string text = "A,B\n";
  constexpr std::size_t kRows = 200'000;  // several blocks of a mebibyte
  for (std::size_t row = 0; row < kRows; ++row) text += fmt::format("{},{}.25\n", row, row % 1000);
  const RawSample sample = read(text);
  ASSERT_EQ(sample.events, kRows);
  for (std::size_t row = 0; row < kRows; ++row) {
    ASSERT_EQ(sample.values[0][row], static_cast<float>(row));
    ASSERT_EQ(sample.values[1][row], static_cast<float>(row % 1000) + 0.25F);
  }
}

TEST(EventFile, IsReadByWhatItHoldsNotByItsName) {
  const TemporaryFolder folder;
  RawSample sample;
  sample.channels = {{"A", "", 10.0}};
  sample.events = 2;
  sample.values = {{1.0F, 2.0F}};
  write_fcs(folder / "table.csv", sample);
  EXPECT_EQ(read_event_file(folder / "table.csv").version, "FCS3.1");
  EXPECT_EQ(read_event_file(folder.file("table.fcs", "FCS,SSC\n1,2\n")).version, "CSV");
  EXPECT_EQ(event_format(folder.file("a.fcs", std::string("\x89HDF\r\n\x1a\n", 8))),
            EventFormat::kHdf5);
  EXPECT_THROW((void)read_event_file(folder.file("b", std::string("\x89HDF\r\n\x1a\n", 8))),
               InputError);
  EXPECT_THROW((void)read_event_file(folder.file("c", std::string("A,B\n1,\0", 7))), InputError);
  EXPECT_THROW((void)read_event_file(folder.file("d", "")), InputError);
  EXPECT_THROW((void)read_event_file(folder / "none"), InputError);
}

TEST(InspectFile, TellsWhatAFileHolds) {
  const TemporaryFolder folder;
  FcsBytes file = list_mode("I", "4,3,2,1", {16, 16}, 2, std::string(8, '\x01'));
  file.with("$P2S", "CD19").with("$CYT", "Fortessa").with("$DATE", "01-JAN-2020");
  file.with("SPILL", "2,A,B,1,0.1,0,1");
  const FileSummary summary = inspect_file(folder.file("a.fcs", file.bytes()));
  EXPECT_EQ(summary.version, "FCS3.1");
  EXPECT_EQ(summary.value_type, "integer");
  EXPECT_EQ(summary.byte_order, "big endian");
  EXPECT_EQ(summary.events, 2U);
  EXPECT_EQ(summary.data_sets, 1U);
  EXPECT_EQ(summary.channels[1].stain, "CD19");
  EXPECT_EQ(summary.cytometer, "Fortessa");
  EXPECT_EQ(summary.date, "01-JAN-2020");
  EXPECT_TRUE(summary.has_spillover);
  EXPECT_TRUE(summary.readable);
  EXPECT_TRUE(summary.problems.empty());
  const FileSummary table = inspect_file(folder.file("a.csv", "A,B\n1,2\n"));
  EXPECT_EQ(table.version, "CSV");
  EXPECT_EQ(table.events, 1U);
}

TEST(InspectFile, KeepsWhatItKnowsOfABrokenFileAndNeverThrows) {
  const TemporaryFolder folder;
  FcsBytes file = list_mode("I", "4,3,2,1", {16}, 2, std::string(4, '\x01'));
  file.with("$CYT", "Aria");
  const FileSummary cut = inspect_file(folder.file("a.fcs", file.bytes().substr(0, 4098)));
  EXPECT_FALSE(cut.readable);
  EXPECT_EQ(cut.cytometer, "Aria");
  ASSERT_EQ(cut.problems.size(), 1U);
  EXPECT_NE(cut.problems[0].find("holds 1 of 2 events"), std::string::npos);
  for (const std::string& path : {folder / "none", folder.file("empty", ""), std::string("/")}) {
    const FileSummary summary = inspect_file(path);
    EXPECT_FALSE(summary.readable);
    EXPECT_EQ(summary.problems.size(), 1U);
  }
}

}  // namespace
}  // namespace gateless::io
