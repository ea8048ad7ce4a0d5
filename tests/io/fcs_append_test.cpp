// Labels behind a file's own channels: its values and keywords stay, the labels read back exactly.
#include "io/fcs_append.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "host/core/error.hpp"
#include "io/fcs_reader.hpp"
#include "io/fcs_writer.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

RawSample own_events() {
  RawSample sample;
  sample.channels = {{"FSC-A", "", 262144.0}, {"B530-A", "CD19", 262144.0}};
  sample.events = 5000;  // more than one block
  sample.values.resize(2);
  for (std::size_t event = 0; event < sample.events; ++event) {
    sample.values[0].push_back(static_cast<float>(event % 4099));
    sample.values[1].push_back(static_cast<float>((event * 7919) % 60013));
  }
  sample.spillover = Spillover{{"FSC-A", "B530-A"}, Matrix<double>(2, 2)};
  sample.spillover->coefficients(0, 0) = sample.spillover->coefficients(1, 1) = 1.0;
  sample.spillover->coefficients(0, 1) = 0.25;
  sample.keywords = {{"$CYT", "LSR II"}, {"TUBE NAME", "a / b \\ c"}, {"$VOL", "120"}};
  return sample;
}

FcsAppendix labels_of(std::size_t events) {
  FcsAppendix appendix;
  appendix.channels = {
      {.name = "gateless_node", .stain = "gateless node", .highest = 256.0, .values = {}},
      {.name = "gateless_confidence",
       .stain = "gateless confidence",
       .highest = 1.0,
       .per_unit = 1000.0,
       .values = {}}};
  for (std::size_t event = 0; event < events; ++event) {
    appendix.channels[0].values.push_back(static_cast<float>(event % 257));
    appendix.channels[1].values.push_back(static_cast<float>(event % 1001) / 1000.0F);
  }
  appendix.keywords = {{"GATELESS_SUBSETS", "0=dropped,1=unassigned"}};
  return appendix;
}

TEST(FcsAppend, KeepsOwnValuesAndKeywordsForEveryTypeAndByteOrder) {
  const TemporaryFolder folder;
  const RawSample own = own_events();
  for (const auto order : {FcsByteOrder::kLittleEndian, FcsByteOrder::kBigEndian}) {
    for (const FcsWriteOptions& options : {FcsWriteOptions{FcsNumber::kFloat, 32, order},
                                           {FcsNumber::kDouble, 32, order},
                                           {FcsNumber::kInteger, 16, order},
                                           {FcsNumber::kInteger, 32, order}}) {
      SCOPED_TRACE(
          fmt::format("number {} bits {}", static_cast<int>(options.number), options.integer_bits));
      write_fcs(folder / "own.fcs", own, options);
      const RawSample before = read_fcs(folder / "own.fcs");
      const FcsAppendix labels = labels_of(own.events);
      append_to_events(folder / "own.fcs", folder / "labelled.fcs", labels);
      const RawSample after = read_fcs(folder / "labelled.fcs");
      EXPECT_TRUE(after.warnings.empty()) << after.warnings.front();
      ASSERT_EQ(after.channels.size(), 4U);
      EXPECT_EQ(after.values[0], before.values[0]);
      EXPECT_EQ(after.values[1], before.values[1]);
      EXPECT_EQ(after.values[2], labels.channels[0].values);
      EXPECT_EQ(after.values[3], labels.channels[1].values);
      EXPECT_GT(after.channels[2].range, 256.0);
      EXPECT_EQ(after.channels[2].name, "gateless_node");
      EXPECT_EQ(after.spillover->coefficients, before.spillover->coefficients);
      for (const auto& [name, value] : before.keywords) {
        if (name == "$PAR" || name == "$BEGINDATA" || name == "$ENDDATA") continue;
        EXPECT_EQ(after.keywords.at(name), value) << name;
      }
      EXPECT_EQ(after.keywords.at("GATELESS_SUBSETS"), "0=dropped,1=unassigned");
    }
  }
}

TEST(FcsAppend, KeepsTheSpellingOfKeywordsAndGains) {
  const TemporaryFolder folder;
  FcsBytes file = list_mode("I", "1,2,3,4", {16, 16}, 2, std::string("\1\0\2\0\3\0\4\0", 8));
  file.with("spill", "2,A,B,1,0.1,0,1").with("$P1G", "4.0").with("$P2E", "4,1").version = "FCS3.0";
  file.with("$P3N", "stale");
  std::ofstream(folder / "own.fcs", std::ios::binary) << file.bytes();
  append_to_events(folder / "own.fcs", folder / "labelled.fcs", labels_of(2));
  const std::string bytes = [&] {
    std::ifstream stream(folder / "labelled.fcs", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }();
  EXPECT_NE(bytes.find("spill/2,A,B,1,0.1,0,1/"), std::string::npos);
  EXPECT_NE(bytes.find("$P1G/4.0/"), std::string::npos);
  EXPECT_NE(bytes.find("$P2E/4,1/"), std::string::npos);
  EXPECT_EQ(bytes.find("stale"), std::string::npos);
  EXPECT_EQ(read_fcs(folder / "labelled.fcs").values[0], read_fcs(folder / "own.fcs").values[0]);
}

TEST(FcsAppend, GivesOtherFormatsAPlainFcs) {
  const TemporaryFolder folder;
  std::ofstream(folder / "own.csv") << "CD19,CD3\n1.5,2\n0.1,-7\n";
  append_to_events(folder / "own.csv", folder / "labelled.fcs", labels_of(2));
  const RawSample after = read_fcs(folder / "labelled.fcs");
  EXPECT_EQ(after.version, "FCS3.1");
  EXPECT_EQ(after.values[0], (std::vector<float>{1.5F, 0.1F}));
  EXPECT_EQ(after.values[1], (std::vector<float>{2.0F, -7.0F}));
  EXPECT_EQ(after.values[2], (std::vector<float>{0.0F, 1.0F}));
}

TEST(FcsAppend, UnpacksWhatFcs31DoesNotHave) {
  const TemporaryFolder folder;
  // Two events of two 12-bit channels: 1, 2 and 3, 4.
  const FcsBytes file =
      list_mode("I", "4,3,2,1", {12, 12}, 2, std::string("\x00\x10\x02\x00\x30\x04", 6));
  std::ofstream(folder / "own.fcs", std::ios::binary) << file.bytes();
  append_to_events(folder / "own.fcs", folder / "labelled.fcs", labels_of(2));
  const RawSample after = read_fcs(folder / "labelled.fcs");
  EXPECT_EQ(after.values[0], read_fcs(folder / "own.fcs").values[0]);
  EXPECT_EQ(after.values[2], (std::vector<float>{0.0F, 1.0F}));
}

TEST(FcsAppend, RefusesAFileThatHasChangedAndLeavesNothing) {
  const TemporaryFolder folder;
  write_fcs(folder / "own.fcs", own_events());
  EXPECT_THROW(append_to_events(folder / "own.fcs", folder / "labelled.fcs", labels_of(7)),
               InputError);
  EXPECT_FALSE(std::filesystem::exists(folder / "labelled.fcs"));
}

}  // namespace
}  // namespace gateless::io
