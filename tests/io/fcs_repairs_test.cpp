// More of the broken files that docs/fcs.md lists, each with values that leave no doubt how it is to be read.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/core/error.hpp"
#include "io/fcs_reader.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

/// Two channels of one byte, three events: A = 1 2 3, B = 10 20 30.
FcsBytes small_file() { return list_mode("I", "1,2,3,4", {8, 8}, 3, "\x01\x0A\x02\x14\x03\x1E"); }

RawSample read_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  return read_fcs(folder.file("a.fcs", bytes));
}
RawSample read(const FcsBytes& file) { return read_bytes(file.bytes()); }

const std::vector<std::vector<float>> kValues{{1.0F, 2.0F, 3.0F}, {10.0F, 20.0F, 30.0F}};

bool warns_of(const RawSample& sample, const std::string& words) {
  return std::any_of(
      sample.warnings.begin(), sample.warnings.end(),
      [&](const std::string& warning) { return warning.find(words) != std::string::npos; });
}

/// The file with other offsets of DATA in HEADER.
std::string with_header_data(const FcsBytes& file, const std::string& offsets) {
  std::string bytes = file.bytes();
  return bytes.replace(26, 16, offsets);
}

TEST(FcsRepairs, SplitAndNegativeOffsetsInHeaderAreNone) {
  for (const char* offsets : {"    4096       0", "       0      -1", "      -1      -1"}) {
    const RawSample sample = read_bytes(with_header_data(small_file(), offsets));
    EXPECT_EQ(sample.values, kValues) << offsets;
    EXPECT_TRUE(sample.warnings.empty()) << offsets;
  }
}

TEST(FcsRepairs, AnalysisAndOtherSegmentsAreNotLookedAt) {
  std::string bytes = small_file().bytes();
  bytes.replace(42, 16, "99999999      -1");
  EXPECT_EQ(read_bytes(bytes).values, kValues);
  FcsBytes file = small_file();
  file.with("$BEGINANALYSIS", "lost").with("$ENDANALYSIS", "99999999999999999999");
  EXPECT_EQ(read(file).values, kValues);
  // OTHER offsets of twelve digits between HEADER and TEXT.
  bytes = small_file().bytes();
  const std::string text = bytes.substr(58, bytes.find(' ', 58) - 58);
  bytes.replace(58, 24 + text.size(), "000000000500000000000600" + text);
  bytes.replace(10, 16, fmt::format("{:>8}{:>8}", 58 + 24, 57 + 24 + text.size()));
  EXPECT_EQ(read_bytes(bytes).values, kValues);
}

TEST(FcsRepairs, KeywordsThatOnlyTheStandardNeedsMayBeMissing) {
  for (const char* name : {"$NEXTDATA", "$P1E", "$P1R"}) {
    EXPECT_EQ(read(small_file().without(name)).values, kValues) << name;
  }
  EXPECT_TRUE(warns_of(read(small_file().without("$MODE")), "$MODE is missing"));
}

TEST(FcsRepairs, TheVersionDecidesNothingThatKeywordsTell) {
  for (const char* version : {"FCS2.0", "FCS3.0", "FCS3.1", "FCS3.2"}) {
    FcsBytes file = small_file();
    file.version = version;
    file.with("$P1DATATYPE", "I").with("$SPILLOVER", "2,A,B,1,0,0.5,1").with("$VOL", "5");
    const RawSample sample = read(file);
    EXPECT_EQ(sample.values, kValues) << version;
    EXPECT_TRUE(sample.spillover) << version;
  }
}

TEST(FcsRepairs, KeywordsOfNoStandardAreKeptAsTheyAre) {
  const RawSample sample =
      read(small_file().with("$FOO", "1").with("$TIMESTEP", "x").with("k", "v"));
  EXPECT_EQ(sample.values, kValues);
  EXPECT_EQ(sample.keywords.at("$FOO"), "1");
  EXPECT_TRUE(sample.warnings.empty());
}

TEST(FcsRepairs, KeywordsWithoutTheirDollarAreRefusedWithTheirName) {
  FcsBytes file = small_file().without("$PAR").with("PAR", "2");
  try {
    (void)read(file);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("$PAR is ''"), std::string::npos) << error.what();
  }
}

TEST(FcsRepairs, DatesAndTimesOfAnyFormAreOnlyText) {
  EXPECT_EQ(read(small_file().with("$DATE", "32/13/99").with("$BTIM", "noon")).values, kValues);
}

TEST(FcsRepairs, UsedBitsInPlaceOfStoredBitsAreToldFromTheLengthOfData) {
  FcsBytes file = list_mode("I", "1,2", {10, 10}, 3,
                            std::string("\x01\x00\x0A\x00\x02\x00\x14\x00\x03\x00\x1E\x00", 12));
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values, kValues);
  EXPECT_TRUE(warns_of(sample, "words of 16 bits"));
  // Truly packed bits stay packed.
  const RawSample packed =
      read(list_mode("I", "1,2,3,4", {4, 4}, 3, std::string("\x21\x43\x65", 3)));
  EXPECT_EQ(packed.values[0], (std::vector<float>{1, 3, 5}));
  EXPECT_TRUE(packed.warnings.empty());
}

TEST(FcsRepairs, HugeRangesAreKept) {
  const RawSample sample = read(small_file().with("$P1R", "1e30").with("$P2R", "262144.5"));
  EXPECT_EQ(sample.values, kValues);
  EXPECT_DOUBLE_EQ(sample.channels[0].range, 1e30);
}

TEST(FcsRepairs, BlanksAroundValuesAreNoPartOfThem) {
  FcsBytes file = small_file();
  file.with("$PAR", "  2 ").with("$TOT", "       3").with("$BYTEORD", "1, 2, 3, 4");
  file.with("$P1B", " 8").with("$P1N", " A ").with("$P1E", "0, 0");
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values, kValues);
  EXPECT_EQ(sample.channels[0].name, "A");
  EXPECT_TRUE(sample.warnings.empty());
}

TEST(FcsRepairs, TheTimeChannelMayHaveAnyNameGainAndOptics) {
  for (const char* name : {"Time", "TIME", "HDR-T"}) {
    FcsBytes file = small_file();
    file.with("$P1N", name).with("$P1G", "0.01").with("$P1L", "488").with("$P1V", "300");
    EXPECT_EQ(read(file).values, kValues) << name;
  }
  EXPECT_EQ(read(small_file()).values, kValues);  // and may be missing
}

TEST(FcsRepairs, ADelimiterMayBeAnyByteThatIsSeenBeforeKeywords) {
  for (const char delimiter : {'\\', '\x0C', '\x1E', '|', '\t', '\xFF', '\x80'}) {
    FcsBytes file = small_file();
    file.delimiter = delimiter;
    EXPECT_EQ(read(file).values, kValues) << static_cast<int>(delimiter);
  }
}

TEST(FcsRepairs, SupplementalTextMayHaveItsOwnDelimiterOrBePrimaryTextAgain) {
  const std::string more = "|$CYT|Fortessa|$P1S|CD19|";
  FcsBytes file = small_file();
  const std::size_t begin = 4096 + file.data.size();
  file.with("$BEGINSTEXT", fmt::format("{}", begin));
  file.with("$ENDSTEXT", fmt::format("{}", begin + more.size() - 1));
  const RawSample own = read_bytes(file.bytes() + more);
  EXPECT_EQ(own.keywords.at("$CYT"), "Fortessa");
  EXPECT_EQ(own.channels[0].stain, "CD19");
  FcsBytes again = small_file();
  again.with("$BEGINSTEXT", "58").with("$ENDSTEXT", "200");
  EXPECT_EQ(read(again).values, kValues);
}

TEST(FcsRepairs, ALastKeywordWithoutValueAndKeywordsBeyondAsciiDoNoHarm) {
  FcsBytes file = small_file();
  file.raw_text =
      "/$PAR/2/$MODE/L/$DATATYPE/I/$BYTEORD/1,2,3,4/$TOT/3/$P1N/A/$P1B/8/$P1R/256"
      "/$P2N/B/$P2B/8/$P2R/256/Gr\xF6\xDF"
      "e/5/ODD";
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values, kValues);
  EXPECT_TRUE(sample.warnings.empty());
}

TEST(FcsRepairs, BytesThatMakeNoWholeEventAreLeftOut) {
  FcsBytes file = small_file();
  file.data += std::string("\x07", 1);
  EXPECT_EQ(read(file).values, kValues);
  EXPECT_EQ(read(file.without("$TOT")).values, kValues);
}

}  // namespace
}  // namespace gateless::io
