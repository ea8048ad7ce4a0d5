// CSV tables, and files that appear complete or not at all.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/csv.hpp"
#include "io/text_file.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

std::string message_of(const std::string& text) {
  try {
    static_cast<void>(parse_csv(text, "t.csv"));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(CsvReader, TellsTheLineEachRowBeginsOn) {
  const CsvTable table = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n1,\"x,\r\ny \"\"z\"\"\"\r\n\r\n3,\r\n",
      "t.csv");
  EXPECT_EQ(table.header, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0][1], "x,\r\ny \"z\"");
  EXPECT_EQ(table.rows[1], (std::vector<std::string>{"3", ""}));
  EXPECT_EQ(table.lines, (std::vector<int>{2, 5}));
}

TEST(CsvReader, ReadsALastRowWithoutLineBreak) {
  EXPECT_EQ(parse_csv("a,b\n1,2", "t.csv").rows,
            (std::vector<std::vector<std::string>>{{"1", "2"}}));
  EXPECT_EQ(parse_csv("a,b\n1,", "t.csv").rows, (std::vector<std::vector<std::string>>{{"1", ""}}));
}

TEST(CsvReader, ListsEveryRaggedRow) {
  const std::string message = message_of("a,b\n1\n1,2\n1,2,3\n");
  EXPECT_NE(message.find("t.csv:2: 1 fields"), std::string::npos) << message;
  EXPECT_NE(message.find("t.csv:4: 3 fields"), std::string::npos) << message;
}

TEST(CsvReader, RejectsWhatIsNoCommaSeparatedText) {
  EXPECT_NE(message_of("a,b\n1,\"x\n").find("t.csv:2: a quote is opened"), std::string::npos);
  EXPECT_NE(message_of("a,b\n\"1\"2,3\n").find("t.csv:2: text follows"), std::string::npos);
  EXPECT_NE(message_of(std::string("a,b\n1,\0\n", 8)).find("byte 6"), std::string::npos);
  EXPECT_NE(message_of("a;b\n1;2\n").find("not separated by commas"), std::string::npos);
  EXPECT_NE(message_of("\n\n").find("is empty"), std::string::npos);
  EXPECT_NE(message_of("").find("is empty"), std::string::npos);
}

TEST(CsvReader, KeepsToItsLimits) {
  EXPECT_THROW(static_cast<void>(parse_csv("a,b,c\n", "t.csv", {.columns = 2})), InputError);
  const TemporaryFolder folder;
  write_whole_file(folder / "t.csv", "a,b\n1,2\n");
  EXPECT_THROW(static_cast<void>(read_csv(folder / "t.csv", {.bytes = 4})), InputError);
  EXPECT_THROW(static_cast<void>(read_csv(folder / "none.csv")), InputError);
  EXPECT_THROW(static_cast<void>(read_csv(folder.path())), InputError);
}

TEST(CsvWriter, WritesWhatTheReaderReads) {
  const TemporaryFolder folder;
  const std::vector<std::string> cells{"=1+2",       "-dump",   "a \"b\"", "x,y",
                                       "two\nlines", " blank ", "@",       ""};
  CsvWriter writer(folder / "t.csv", std::vector<std::string>(cells.size(), "h"));
  for (const std::string& cell : cells) writer.text(cell);
  writer.end_row();
  EXPECT_FALSE(std::filesystem::exists(folder / "t.csv"));
  writer.commit();
  EXPECT_EQ(read_csv(folder / "t.csv").rows, (std::vector<std::vector<std::string>>{cells}));
}

TEST(Numbers, AreTheShortestThatReadBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1.0), "1");
  EXPECT_EQ(number_text(std::nullopt), "");
  EXPECT_EQ(number_text(std::nan("")), "");
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity()), "");
  for (const double number : {1.0 / 3.0, 1e-300, -2.5e17, 5e-324}) {
    EXPECT_EQ(parse_number(number_text(number)), number);
  }
  EXPECT_EQ(parse_number(" +4.5 "), 4.5);
  for (const char* text : {"", "x", "1,5", "nan", "inf", "1 2", "1e999"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(AtomicFile, LeavesNothingBehindUntilCommitted) {
  const TemporaryFolder folder;
  const std::string path = folder / "result.txt";
  {
    AtomicFile file(path);
    file.write("half");
    EXPECT_TRUE(std::filesystem::exists(file.part_path()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  write_whole_file(path, "first");
  write_whole_file(path, "second");
  EXPECT_EQ(read_text_file(path, 100), "second");
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST(AtomicFile, NamesThePathThatCannotBeWritten) {
  const TemporaryFolder folder;
  try {
    AtomicFile file(folder / "no/such/folder.csv");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("no/such/folder.csv: cannot be written"),
              std::string::npos);
  }
  EXPECT_THROW(AtomicFile(folder.path()), InputError);
}

}  // namespace
}  // namespace gateless::io
