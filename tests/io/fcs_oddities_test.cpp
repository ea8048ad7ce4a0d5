// Files that break the standard in ways that leave no doubt about their values, and how they are read.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host/core/error.hpp"
#include "io/fcs_reader.hpp"
#include "io/fcs_spillover.hpp"
#include "io/fcs_text.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

/// Two channels of one byte, three events: A = 1 2 3, B = 10 20 30.
FcsBytes small_file() { return list_mode("I", "1,2,3,4", {8, 8}, 3, "\x01\x0A\x02\x14\x03\x1E"); }

RawSample read(const FcsBytes& file) {
  const TemporaryFolder folder;
  return read_fcs(folder.file("a.fcs", file.bytes()));
}

const std::vector<std::vector<float>> kValues{{1.0F, 2.0F, 3.0F}, {10.0F, 20.0F, 30.0F}};

bool warns_of(const RawSample& sample, const std::string& words) {
  return std::any_of(
      sample.warnings.begin(), sample.warnings.end(),
      [&](const std::string& warning) { return warning.find(words) != std::string::npos; });
}

TEST(FcsOddities, OffsetsComeFromTextWhereHeaderHasZero) {
  FcsBytes file = small_file();
  file.header_has_data = false;
  EXPECT_EQ(read(file).values, kValues);
}

TEST(FcsOddities, OffsetsComeFromHeaderWhereTextHasNone) {
  FcsBytes file = small_file();
  file.version = "FCS2.0";
  file.text_has_data = false;
  EXPECT_EQ(read(file).values, kValues);
}

TEST(FcsOddities, OfTooManyKeywordsThoseOfTheStandardAreKept) {
  std::string text = "/";
  for (int number = 0; number < 100'100; ++number) text += fmt::format("K{}/v/", number);
  text += "$CYT/Fortessa/";
  FcsKeywords keywords;
  std::vector<std::string> warnings;
  add_fcs_keywords(text, keywords, warnings);
  EXPECT_EQ(keywords.at("$CYT"), "Fortessa");
  EXPECT_EQ(keywords.size(), 100'001U);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("more than 100000 keywords; 100 that"), std::string::npos)
      << warnings[0];
}

TEST(FcsOddities, AnEndOfDataThatIsOffByOneIsCorrected) {
  for (const std::int64_t shift : {-1, 1}) {
    FcsBytes file = small_file();
    file.text_has_data = false;
    file.header_end_shift = shift;
    const RawSample sample = read(file);
    EXPECT_EQ(sample.values, kValues) << shift;
    EXPECT_TRUE(sample.warnings.empty());
  }
}

TEST(FcsOddities, OfTwoOffsetsTheOneThatAgreesWithTheCountIsTaken) {
  FcsBytes file = small_file();
  file.header_begin_shift = -160;
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values, kValues);
  EXPECT_TRUE(warns_of(sample, "TEXT, which agrees with $TOT"));
}

TEST(FcsOddities, AMissingOrTooSmallCountIsTakenFromTheBytes) {
  EXPECT_TRUE(warns_of(read(small_file().without("$TOT")), "$TOT is missing"));
  EXPECT_EQ(read(small_file().without("$TOT")).values, kValues);
  for (const char* count : {"0", "2", "many"}) {
    const RawSample sample = read(small_file().with("$TOT", count));
    EXPECT_EQ(sample.values, kValues) << count;
    EXPECT_FALSE(sample.warnings.empty()) << count;
  }
}

TEST(FcsOddities, FillingBehindTheEventsIsNoEvent) {
  FcsBytes file = small_file();
  file.data += std::string(512, '\0');
  EXPECT_EQ(read(file).values, kValues);
}

TEST(FcsOddities, NoEventsAreNoError) {
  FcsBytes file = small_file().with("$TOT", "0");
  file.data.clear();
  file.header_has_data = false;
  file.text_has_data = false;
  const RawSample sample = read(file);
  EXPECT_EQ(sample.events, 0U);
  EXPECT_EQ(sample.values, std::vector<std::vector<float>>(2));
}

TEST(FcsOddities, KeywordsMayBeLowerCaseAndTheLastDelimiterMissing) {
  FcsBytes file = small_file();
  file.raw_text =
      "/$par/2/$mode/L/$datatype/i/$byteord/1,2,3,4/$tot/3/$p1n/A/$p1b/8/$p1r/256/$p1e/0,0"
      "/$p2n/B/$p2b/8/$p2r/256/$p2e/0,0/$cyt/Last";
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values, kValues);
  EXPECT_EQ(sample.keywords.at("$CYT"), "Last");
}

TEST(FcsOddities, DoubledDelimitersAreOneInsideAValueAndAnEmptyValueBehindAKeyword) {
  FcsBytes file = small_file();
  file.with("$P1F", "530//30")
      .with("$P1S", "")
      .with("$P2S", "")
      .with("$COM", "a////b")
      .with("Z", "");
  const RawSample sample = read(file);
  EXPECT_EQ(sample.keywords.at("$P1F"), "530/30");
  EXPECT_EQ(sample.keywords.at("$COM"), "a//b");
  EXPECT_EQ(sample.keywords.at("$P2S"), "");
  EXPECT_EQ(sample.keywords.at("Z"), "");
  EXPECT_EQ(sample.channels[0].stain, "");
  EXPECT_EQ(sample.values, kValues);
}

TEST(FcsOddities, TextMayEndInADoubledDelimiterOrBlanks) {
  const std::string text =
      "|$PAR|2|$MODE|L|$DATATYPE|I|$BYTEORD|1,2,3,4|$P1N|A|$P1B|8|$P1R|256|$P2N|B|$P2B|8|$P2R|256"
      "|$TOT|3|";
  for (const char* end : {"", "|", "      ", "\r\n"}) {
    FcsBytes file = small_file();
    file.raw_text = text + end;
    const RawSample sample = read(file);
    EXPECT_EQ(sample.values, kValues);
    EXPECT_TRUE(sample.warnings.empty());
  }
}

TEST(FcsOddities, OfARepeatedKeywordTheFirstCounts) {
  FcsBytes file = small_file();
  file.keywords.emplace_back("$P2N", "second");
  file.keywords.emplace_back("$P1N", "A");  // the same again is no contradiction
  const RawSample sample = read(file);
  EXPECT_EQ(sample.channels[1].name, "B");
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_TRUE(warns_of(sample, "first was taken: $P2N"));
}

TEST(FcsOddities, SupplementalTextAddsKeywordsWithOrWithoutItsFirstDelimiter) {
  for (const std::string& more :
       {std::string("/$CYT/Fortessa/$P1S/CD19/"), std::string("$CYT/Fortessa/$P1S/CD19/")}) {
    FcsBytes file = small_file();
    const std::size_t begin = 4096 + file.data.size();
    file.with("$BEGINSTEXT", fmt::format("{}", begin));
    file.with("$ENDSTEXT", fmt::format("{}", begin + more.size() - 1));
    const TemporaryFolder folder;
    const RawSample sample = read_fcs(folder.file("a.fcs", file.bytes() + more));
    EXPECT_EQ(sample.channels[0].stain, "CD19");
    EXPECT_EQ(sample.keywords.at("$CYT"), "Fortessa");
    EXPECT_EQ(sample.values, kValues);
  }
  FcsBytes lost = small_file().with("$BEGINSTEXT", "9000").with("$ENDSTEXT", "9999");
  EXPECT_TRUE(warns_of(read(lost), "supplemental TEXT lies outside"));
}

TEST(FcsOddities, NamesInLatin1BecomeUtf8) {
  const RawSample sample = read(small_file().with("$P1S", "IFN-\xB5g").with("$P2S", "Alexa™"));
  EXPECT_EQ(sample.channels[0].stain, "IFN-µg");
  EXPECT_EQ(sample.channels[1].stain, "Alexa™");
}

TEST(FcsOddities, AMissingNameIsMadeUpAndARepeatedOneTold) {
  const RawSample nameless = read(small_file().without("$P2N"));
  EXPECT_EQ(nameless.channels[1].name, "P2");
  EXPECT_TRUE(warns_of(nameless, "$P2N is missing"));
  EXPECT_TRUE(warns_of(read(small_file().with("$P2N", "A")), "Several channels are called A"));
}

TEST(FcsOddities, AnotherDataSetIsToldAndCanBeRead) {
  for (const bool from_file_begin : {false, true}) {
    FcsBytes first = small_file();
    const std::size_t next = first.bytes().size();
    first.with("$NEXTDATA", fmt::format("{}", next));
    FcsBytes second = list_mode("I", "1,2,3,4", {8}, 2, "\x07\x08");
    FcsBytes third = list_mode("I", "1,2,3,4", {8}, 1, "\x09");
    second.with("$NEXTDATA",
                fmt::format("{}", second.bytes().size() + (from_file_begin ? next : 0)));
    const TemporaryFolder folder;
    const std::string path = folder.file("a.fcs", first.bytes() + second.bytes() + third.bytes());
    EXPECT_TRUE(warns_of(read_fcs(path),
                         "Only data set 1 of 3 is read (3 events); those behind it have 2, 1"));
    EXPECT_EQ(read_fcs(path).values, kValues);
    EXPECT_EQ(read_fcs(path, {.data_set = 1}).values[0], (std::vector<float>{7.0F, 8.0F}));
    EXPECT_EQ(read_fcs(path, {.data_set = 2}).values[0], (std::vector<float>{9.0F}));
    EXPECT_THROW((void)read_fcs(path, {.data_set = 3}), InputError);
  }
}

TEST(FcsOddities, ScalesAndRangesThatMeanNothingAreToldAndLeftOut) {
  const RawSample sample = read(
      small_file().with("$P1E", "log").with("$P1G", "NA").with("$P2R", "full").with("$P2G", "0"));
  EXPECT_EQ(sample.values, kValues);
  EXPECT_EQ(sample.warnings.size(), 3U) << "one line a kind: the gains are told together";
  EXPECT_EQ(sample.channels[1].range, 0.0);
}

struct SpilloverCase {
  const char* keyword;
  const char* value;
};

TEST(FcsSpillover, IsFoundUnderItsNamesAndByNameStainOrNumber) {
  for (const auto& [name, value] : {SpilloverCase{"$SPILLOVER", "2,A,B,1,0.1,0.02,1"},
                                    SpilloverCase{"SPILL", "2,A,B,1,0.1,0.02,1"},
                                    SpilloverCase{"SPILLOVER", "2, A , B ,1,.1,+0.02,1.0"},
                                    SpilloverCase{"$SPILL", "2,A,CD19,1,0.1,2e-2,1"},
                                    SpilloverCase{"spill", "2,1,2,1,0.1,0.02,1"},
                                    SpilloverCase{"SPILL", "2,A,B,100,10,2,100"}}) {
    const RawSample sample = read(small_file().with("$P2S", "CD19").with(name, value));
    ASSERT_TRUE(sample.spillover) << name << value;
    EXPECT_EQ(sample.spillover->channels, (std::vector<std::string>{"A", "B"}));
    EXPECT_DOUBLE_EQ(sample.spillover->coefficients(0, 1), 0.1);
    EXPECT_DOUBLE_EQ(sample.spillover->coefficients(1, 0), 0.02);
    EXPECT_EQ(sample.spillover->coefficients(1, 1), 1.0);
    EXPECT_TRUE(sample.warnings.empty());
  }
}

TEST(FcsSpillover, ThatCannotBeUsedIsToldAndLeftOut) {
  for (const char* value :
       {"2,A,B,1,0,0,1", "2,A,B,1,0.1,0.2", "2,A,B", "0", "two", "-1,A", "18446744073709551615,A",
        "4294967296,A,B", "2,A,X,1,0.1,0,1", "2,A,A,1,0.1,0,1", "2,A,B,1,nan,0,1",
        "2,A,B,0,0.1,0,1", "2,A,B,1,x,0,1", "2,,B,1,0.1,0,1"}) {
    const RawSample sample = read(small_file().with("SPILL", value));
    EXPECT_FALSE(sample.spillover) << value;
    EXPECT_EQ(sample.warnings.size(), 1U) << value;
    EXPECT_EQ(sample.values, kValues);
  }
}

/// The spillover that `text` gives for these channels, and the warnings.
std::pair<std::optional<Spillover>, std::vector<std::string>> parsed(
    const std::string& text, const std::vector<std::string>& names) {
  std::vector<Channel> channels;
  for (const std::string& name : names) channels.push_back({name, "", 0.0});
  std::vector<std::string> warnings;
  auto spillover = parse_spillover("$SPILLOVER", text, channels, warnings);
  return {std::move(spillover), std::move(warnings)};
}

TEST(FcsSpillover, ChannelsThatAreNotInTheFileAreLeftOutAndTheRestIsUsed) {
  const auto [spillover, warnings] =
      parsed("3,A,gone,B,1,0.3,0.1,0.4,1,0.5,0.02,0.6,1", {"FSC-A", "A", "B"});
  ASSERT_TRUE(spillover);
  EXPECT_EQ(spillover->channels, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(spillover->missing, std::vector<std::string>{"gone"});
  EXPECT_EQ(spillover->coefficients(0, 1), 0.1);
  EXPECT_EQ(spillover->coefficients(1, 0), 0.02);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("gone"), std::string::npos);
}

TEST(FcsSpillover, SpellingIsMatchedWhereOneChannelFits) {
  EXPECT_TRUE(parsed("2,PE A,apc-a,1,0.1,0,1", {"PE-A", "APC-A"}).first);
  EXPECT_TRUE(parsed("2,PE,APC,1,0.1,0,1", {"PE-A", "APC-A"}).first);
  EXPECT_FALSE(parsed("2,PE,APC,1,0.1,0,1", {"PE-A", "PE A", "APC-A"}).first) << "two fit PE";
  for (const char* compensated : {"<PE-A>", "Comp-PE-A", "FJComp-PE-A", "Comp-PE-CD19"}) {
    EXPECT_FALSE(parsed("2,PE-A,APC-A,1,0.1,0,1", {compensated, "APC-A"}).first)
        << compensated << " is compensated already";
  }
}

TEST(FcsSpillover, DecimalCommasAreReadWhereOnlyOneReadingIsAMatrix) {
  const auto [spillover, warnings] =
      parsed("3,A,B,C,1,0,1,0,02,0,1,0,35,0,0,05,1", {"A", "B", "C"});
  ASSERT_TRUE(spillover);
  const std::vector<double> expected{1, 0.1, 0.02, 0, 1, 0.35, 0, 0.05, 1};
  for (std::size_t index = 0; index < expected.size(); ++index)
    EXPECT_EQ(spillover->coefficients(index / 3, index % 3), expected[index]) << index;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("decimal commas"), std::string::npos);
  EXPECT_FALSE(parsed("2,A,B,1,0,1,0,2,7", {"A", "B"}).first) << "no reading has its ones";
}

TEST(FcsSpillover, OtherSeparatorsAndLooseEndsAreRead) {
  for (const char* text :
       {"2,A,B,1,0.3,0.02,1,", " 2 , A , B , 1 , 0.3 , 0.02 , 1 ", "2\tA\tB\t1\t0.3\t0.02\t1\t",
        "2\nA,B,1,0.3,0.02,1\n", "2;A;B;1;0.3;0.02;1", "2;A;B;1;0,3;0,02;1;;"}) {
    const auto [spillover, warnings] = parsed(text, {"A", "B"});
    ASSERT_TRUE(spillover) << text;
    EXPECT_EQ(spillover->coefficients(0, 1), 0.3) << text;
    EXPECT_EQ(spillover->coefficients(1, 0), 0.02) << text;
    EXPECT_TRUE(warnings.empty()) << text;
  }
}

TEST(FcsOddities, StainsWithoutTheirDollarSignAreFound) {
  const RawSample sample = read(small_file().with("P1S", "CD3").with("P2S", "CD4"));
  EXPECT_EQ(sample.channels[0].stain, "CD3");
  EXPECT_EQ(sample.channels[1].stain, "CD4");
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_EQ(read(small_file().with("P1S", "CD3").with("$P1S", "CD8")).channels[0].stain, "CD8");
}

TEST(FcsSpillover, WhatTheInstrumentSubtractedIsNotSubtractedAgain) {
  const RawSample sample = read(small_file().with("$COMP", "2,0,-10,-2,0"));
  EXPECT_FALSE(sample.spillover);
  EXPECT_TRUE(warns_of(sample, "$COMP says what the instrument subtracted"));
}

}  // namespace
}  // namespace gateless::io
