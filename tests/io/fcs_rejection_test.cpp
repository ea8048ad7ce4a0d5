// Files that cannot be read: each ends in an InputError that says where, and none in a crash or a huge allocation.
#include <gtest/gtest.h>

#include <filesystem>

#include "host/core/error.hpp"
#include "io/event_file.hpp"
#include "io/fcs_reader.hpp"
#include "io/inspect.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

FcsBytes small_file() { return list_mode("I", "1,2,3,4", {8, 8}, 3, "\x01\x0A\x02\x14\x03\x1E"); }

/// The message of the error that reading `bytes` ends in. Inspect never throws: it tells a problem, or would read
/// the file (text that is no FCS as a table; values of text it does not look at).
std::string rejection(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.fcs", bytes);
  std::string message;
  try {
    (void)read_fcs(path);
    return "was read";
  } catch (const InputError& error) {
    message = error.what();
  }
  EXPECT_TRUE(message.starts_with(path + ": byte ")) << message;
  EXPECT_NE(message.find(" ("), std::string::npos) << "says why: " << message;
  EXPECT_NE(message.find("; "), std::string::npos) << "says what to do: " << message;
  EXPECT_EQ(message.find('\0'), std::string::npos);
  const FileSummary summary = inspect_file(path);
  EXPECT_TRUE(summary.readable || !summary.problems.empty());
  return message.substr(path.size() + 2);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(FcsRejection, OfWhatIsNoFcsFile) {
  EXPECT_TRUE(contains(rejection(""), "byte 0: the file is empty"));
  EXPECT_TRUE(contains(rejection("Time,FSC-A\n1,2\n"), "byte 0: not an FCS file"));
  EXPECT_TRUE(contains(rejection("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
                       "Git LFS pointer"));
  EXPECT_TRUE(contains(rejection("FCS1.0" + std::string(100, ' ')), "byte 3: FCS version '1.0'"));
  EXPECT_TRUE(
      contains(rejection("FCS3.1    58"), "byte 12: the file ends inside its 58-byte HEADER"));
  EXPECT_THROW((void)read_fcs("/no/such/file.fcs"), InputError);
  EXPECT_THROW((void)read_fcs(std::filesystem::temp_directory_path().string()), InputError);
}

TEST(FcsRejection, OfHeaderAndTextThatLeadNowhere) {
  const std::string whole = small_file().bytes();
  for (const char* offsets : {"       0       0", "      58      57", "      10     200",
                              "      -1     200", "99999999       1", "      xx      yy"}) {
    std::string bytes = whole;
    bytes.replace(10, 16, offsets);
    EXPECT_TRUE(contains(rejection(bytes), "byte 10: HEADER gives")) << offsets;
  }
  std::string far = whole;
  far.replace(18, 8, "99999999");
  EXPECT_TRUE(
      contains(rejection(far), "the file ends, but HEADER promises TEXT up to byte 99999999"));
  EXPECT_TRUE(contains(rejection(whole.substr(0, 200)), "byte 200: the file ends"));
  FcsBytes wordy = small_file();
  wordy.raw_text = "no delimiter here";
  EXPECT_TRUE(contains(rejection(wordy.bytes()), "byte 58: TEXT does not begin with a delimiter"));
}

TEST(FcsRejection, OfKeywordsThatDescribeNoListMode) {
  const auto text_of = [](FcsBytes file) { return rejection(file.bytes()); };
  for (const char* mode : {"C", "U", "histogram"}) {
    EXPECT_TRUE(contains(text_of(small_file().with("$MODE", mode)), "$MODE is '"));
  }
  for (const char* count :
       {"0", "-1", "", "x", "5000", "18446744073709551615", "99999999999999999999"}) {
    EXPECT_TRUE(contains(text_of(small_file().with("$PAR", count)), "$PAR is '")) << count;
  }
  for (const char* type : {"X", "", "II"}) {
    EXPECT_TRUE(contains(text_of(small_file().with("$DATATYPE", type)), "$DATATYPE is '"));
  }
  for (const char* order : {"", "1,3,2,4", "0", "4,3,2", "1,2,3,4,5,6,7,8,9", "little"}) {
    EXPECT_TRUE(contains(text_of(small_file().with("$BYTEORD", order)), "$BYTEORD is '")) << order;
  }
  for (const char* bits : {"0", "-8", "65", "", "18446744073709551615", "*"}) {
    EXPECT_TRUE(contains(text_of(small_file().with("$P2B", bits)), "$P2B is '")) << bits;
  }
  EXPECT_TRUE(
      contains(text_of(small_file().without("$P1B").without("$P2B")), "$P1B is ''; $P2B is ''"));
  EXPECT_TRUE(contains(text_of(small_file().with("$P1DATATYPE", "Q")), "$P1DATATYPE is 'Q'"));
  EXPECT_TRUE(contains(text_of(small_file().with("$BYTEORD", "3,4,1,2").with("$P1B", "24")),
                       "no multiple"));
  EXPECT_TRUE(contains(text_of(small_file().with("$P1DATATYPE", "A").with("$P1B", "*")),
                       "mixed with values of fixed width"));
  EXPECT_TRUE(contains(text_of(small_file().with("$P1DATATYPE", "A").with("$P2B", "10")),
                       "bit-packed integers are mixed with text"));
}

TEST(FcsRejection, OfTruncatedData) {
  const std::string whole = small_file().bytes();
  const std::string cut = rejection(whole.substr(0, whole.size() - 3));
  EXPECT_TRUE(contains(cut, "byte 4099: the file ends inside DATA")) << cut;
  EXPECT_TRUE(contains(cut, "holds 1 of 3 events")) << cut;
  EXPECT_TRUE(
      contains(rejection(whole.substr(0, 4000)), "byte 4000: DATA should begin at byte 4096"));
  EXPECT_TRUE(contains(rejection(whole.substr(0, 4096)), "holds 0 of 3 events"));
  EXPECT_TRUE(contains(rejection(small_file().without("$TOT").bytes().substr(0, 4099)),
                       "an unknown number of events"));
}

TEST(FcsRejection, OfCountsThatTheBytesContradict) {
  for (const char* count : {"4", "1000000000000", "18446744073709551615"}) {
    EXPECT_TRUE(contains(
        rejection(small_file().with("$TOT", count).bytes()),
        fmt::format("byte 4096: DATA has room for 3 events, but $TOT promises {}", count)));
  }
  FcsBytes nowhere = small_file();
  nowhere.header_has_data = false;
  nowhere.text_has_data = false;
  EXPECT_TRUE(contains(rejection(nowhere.bytes()), "neither HEADER nor TEXT says where DATA is"));
  FcsBytes beyond = small_file();
  beyond.header_has_data = false;
  beyond.text_has_data = false;
  beyond.with("$BEGINDATA", "18446744073709551615").with("$ENDDATA", "18446744073709551615");
  EXPECT_TRUE(contains(rejection(beyond.bytes()), "neither HEADER nor TEXT"));
  beyond.with("$BEGINDATA", "1000000000000").with("$ENDDATA", "2000000000000");
  EXPECT_TRUE(contains(rejection(beyond.bytes()), "not possible in a file"));
}

TEST(FcsRejection, OfTextValuesThatAreNoNumbers) {
  EXPECT_TRUE(contains(rejection(list_mode("A", "1,2,3,4", {3}, 2, "12 1x ").bytes()),
                       "byte 4099: a value in DATA is not a number"));
  FcsBytes separated = list_mode("A", "1,2,3,4", {8}, 3, "1,2 ,,");
  separated.with("$P1B", "*");
  EXPECT_TRUE(contains(rejection(separated.bytes()), "DATA ends in event 3 of 3"));
  separated.with("$TOT", "1000000000000");
  EXPECT_TRUE(contains(rejection(separated.bytes()), "$TOT promises 1000000000000"));
  EXPECT_TRUE(contains(rejection(separated.without("$TOT").bytes()), "$TOT is missing"));
}

TEST(FcsRejection, OfChainsOfDataSetsEnds) {
  for (const char* next : {"58", "1", "4096", "18446744073709551615"}) {  // into itself or nowhere
    const TemporaryFolder folder;
    const std::string path = folder.file("a.fcs", small_file().with("$NEXTDATA", next).bytes());
    EXPECT_EQ(read_fcs(path).events, 3U);
    EXPECT_EQ(inspect_file(path).data_sets, 1U);
    EXPECT_THROW((void)read_fcs(path, {.data_set = 1}), InputError);
  }
}

}  // namespace
}  // namespace gateless::io
