// What is written as FCS reads back the same, for every number type, width and byte order.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "host/core/error.hpp"
#include "io/fcs_reader.hpp"
#include "io/fcs_writer.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

RawSample small_sample() {
  RawSample sample;
  sample.channels = {{"FSC-A", "", 262144.0}, {"B530-A", "CD19 FITC", 262144.0}, {"Time", "", 0.0}};
  sample.events = 3;
  sample.values = {{1.0F, 2.0F, 250.0F}, {0.0F, 100.0F, 77.0F}, {3.0F, 4.0F, 5.0F}};
  return sample;
}

TEST(FcsRoundTrip, KeepsValuesForEveryTypeWidthOrderAndVersion) {
  const TemporaryFolder folder;
  const RawSample sample = small_sample();
  std::vector<FcsWriteOptions> all;
  for (const auto order : {FcsByteOrder::kLittleEndian, FcsByteOrder::kBigEndian}) {
    for (const char* version : {"FCS3.0", "FCS3.1"}) {
      all.push_back({FcsNumber::kFloat, 32, order, version});
      all.push_back({FcsNumber::kDouble, 32, order, version});
      for (unsigned bits = 8; bits <= 64; bits += 8) {
        all.push_back({FcsNumber::kInteger, bits, order, version});
      }
    }
  }
  for (const FcsWriteOptions& options : all) {
    SCOPED_TRACE(fmt::format("number {} bits {} order {} {}", static_cast<int>(options.number),
                             options.integer_bits, static_cast<int>(options.byte_order),
                             options.version));
    const std::string path = folder / "sample.fcs";
    write_fcs(path, sample, options);
    const RawSample read = read_fcs(path);
    EXPECT_EQ(read.version, options.version);
    ASSERT_EQ(read.events, 3U);
    EXPECT_EQ(read.values, sample.values);
    EXPECT_TRUE(read.warnings.empty()) << read.warnings.front();
    EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  }
}

TEST(FcsRoundTrip, KeepsFloatsBitForBitInBlocksOfAnyFilling) {
  const TemporaryFolder folder;
  RawSample sample;
  sample.events = 70'001;  // several blocks and a rest
  sample.channels = {{"A", "", 0.0}, {"B", "", 0.0}};
  sample.values.assign(2, std::vector<float>(sample.events));
  for (std::size_t event = 0; event < sample.events; ++event) {
    sample.values[0][event] = std::sin(static_cast<float>(event)) * 1e5F;
    sample.values[1][event] = -static_cast<float>(event) / 3.0F;
  }
  for (const auto order : {FcsByteOrder::kLittleEndian, FcsByteOrder::kBigEndian}) {
    write_fcs(folder / "many.fcs", sample, {.byte_order = order});
    EXPECT_EQ(read_fcs(folder / "many.fcs").values, sample.values);
  }
}

TEST(FcsRoundTrip, KeepsNamesStainsRangesSpilloverAndKeywords) {
  const TemporaryFolder folder;
  RawSample sample = small_sample();
  sample.channels[1].stain = "CD19/IgD µ|\\\f!~^*;#@&%?";  // takes every favoured delimiter
  sample.spillover = Spillover{{"FSC-A", "B530-A"}, Matrix<double>(2, 2, 1.0)};
  sample.spillover->coefficients(0, 1) = 0.123456789012345;
  sample.spillover->coefficients(1, 0) = -0.02;
  sample.keywords = {{"$CYT", "Fortessa"}, {"PATIENT", "P/01"},    {"EMPTY", ""},
                     {"$P2V", "430"},      {"$P9V", "no channel"}, {"$P1G", "4"},
                     {"$P1E", "4,1"},      {"$TOT", "77"},         {"SPILL", "stale"}};
  write_fcs(folder / "names.fcs", sample);
  const RawSample read = read_fcs(folder / "names.fcs");
  EXPECT_EQ(read.channels[1].name, "B530-A");
  EXPECT_EQ(read.channels[1].stain, sample.channels[1].stain);
  EXPECT_EQ(read.channels[0].range, 262144.0);
  EXPECT_EQ(read.channels[2].range, 6.0);  // none was given: above the largest value
  ASSERT_TRUE(read.spillover);
  EXPECT_EQ(read.spillover->channels, sample.spillover->channels);
  EXPECT_EQ(read.spillover->coefficients, sample.spillover->coefficients);
  EXPECT_EQ(read.keywords.at("$CYT"), "Fortessa");
  EXPECT_EQ(read.keywords.at("PATIENT"), "P/01");
  EXPECT_EQ(read.keywords.at("$P2V"), "430");
  EXPECT_EQ(read.keywords.at("$TOT"), "3");
  EXPECT_EQ(read.values, sample.values);
  for (const char* left_out : {"EMPTY", "$P9V", "$P1G", "SPILL"}) {
    EXPECT_FALSE(read.keywords.contains(left_out)) << left_out;
  }
}

TEST(FcsRoundTrip, ClampsIntegersAndTurnsNotANumberToZero) {
  const TemporaryFolder folder;
  RawSample sample;
  sample.channels = {{"A", "", 0.0}};
  sample.events = 5;
  sample.values = {{-5.0F, 1e9F, std::nanf(""), 1.4F, 1.6F}};
  write_fcs(folder / "ints.fcs", sample, {FcsNumber::kInteger, 16});
  EXPECT_EQ(read_fcs(folder / "ints.fcs").values[0],
            (std::vector<float>{0.0F, 65535.0F, 0.0F, 1.0F, 2.0F}));
}

TEST(FcsRoundTrip, WritesAFileOfNoEvents) {
  const TemporaryFolder folder;
  RawSample sample = small_sample();
  sample.events = 0;
  sample.values.assign(3, {});
  write_fcs(folder / "none.fcs", sample);
  const RawSample read = read_fcs(folder / "none.fcs");
  EXPECT_EQ(read.events, 0U);
  EXPECT_EQ(read.channels.size(), 3U);
}

TEST(FcsRoundTrip, OffsetsBeyondEightDigitsStandInTextOnly) {
  const TemporaryFolder folder;
  RawSample sample;
  sample.channels = {{"A", "", 0.0}};
  sample.events = 12'500'000;  // 100,000,000 bytes of doubles
  sample.values = {std::vector<float>(sample.events)};
  sample.values[0].back() = 7.5F;
  write_fcs(folder / "large.fcs", sample, {.number = FcsNumber::kDouble});
  std::string header(58, '\0');
  std::ifstream(folder / "large.fcs", std::ios::binary).read(header.data(), 58);
  EXPECT_EQ(header.substr(26, 16), "       0       0");
  const RawSample read = read_fcs(folder / "large.fcs");
  ASSERT_EQ(read.events, sample.events);
  EXPECT_EQ(read.values[0].back(), 7.5F);
  EXPECT_TRUE(read.warnings.empty());
}

TEST(FcsRoundTrip, RefusesWhatCannotBeWritten) {
  const TemporaryFolder folder;
  const RawSample sample = small_sample();
  EXPECT_THROW(write_fcs(folder / "a.fcs", sample, {FcsNumber::kInteger, 12}), UsageError);
  EXPECT_THROW(write_fcs(folder / "a.fcs", sample, {.version = "FCS4.0"}), UsageError);
  RawSample ragged = sample;
  ragged.values[1].pop_back();
  EXPECT_THROW(write_fcs(folder / "a.fcs", ragged), UsageError);
  EXPECT_THROW(write_fcs(folder / "no/such/folder/a.fcs", sample), InputError);
  EXPECT_FALSE(std::filesystem::exists(folder / "a.fcs"));
}

}  // namespace
}  // namespace gateless::io
