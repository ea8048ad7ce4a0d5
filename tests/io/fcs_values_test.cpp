// How stored bytes become linear values: byte orders, widths, packed bits, text, scales.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "io/fcs_reader.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

RawSample read(const FcsBytes& file) {
  const TemporaryFolder folder;
  return read_fcs(folder.file("a.fcs", file.bytes()));
}

/// The ranks of the bytes of a value for each $BYTEORD, by width in bytes.
std::vector<unsigned> ranks(const std::string& order, unsigned bytes) {
  std::vector<unsigned> ranks;
  for (unsigned index = 0; index < bytes; ++index) {
    if (order == "1,2,3,4") ranks.push_back(index + 1);
    if (order == "4,3,2,1") ranks.push_back(bytes - index);
  }
  if (order == "3,4,1,2") {
    if (bytes == 2) ranks = {1, 2};
    if (bytes == 4) ranks = {3, 4, 1, 2};
    if (bytes == 8) ranks = {7, 8, 5, 6, 3, 4, 1, 2};
  }
  if (order == "2,1,4,3") {
    if (bytes == 2) ranks = {2, 1};
    if (bytes == 4) ranks = {2, 1, 4, 3};
    if (bytes == 8) ranks = {2, 1, 4, 3, 6, 5, 8, 7};
  }
  return ranks;
}

TEST(FcsValues, IntegersOfEveryWholeByteWidthInEitherByteOrder) {
  for (const char* order : {"1,2,3,4", "4,3,2,1"}) {
    for (unsigned bytes = 1; bytes <= 8; ++bytes) {
      SCOPED_TRACE(fmt::format("{} {} bytes", order, bytes));
      const std::uint64_t largest = ~std::uint64_t{0} >> (64 - 8 * bytes);
      const std::uint64_t middle = 0x0102030405060708U & largest;
      std::string data;
      for (const std::uint64_t value : {std::uint64_t{1}, middle, largest}) {
        data += stored_bytes(value, ranks(order, bytes));
      }
      const RawSample sample = read(list_mode("I", order, {8 * bytes}, 3, data));
      EXPECT_EQ(sample.values[0], (std::vector<float>{1.0F, static_cast<float>(middle),
                                                      static_cast<float>(largest)}));
      EXPECT_TRUE(sample.warnings.empty());
    }
  }
}

TEST(FcsValues, MixedByteOrdersSwapWordsOrTheirBytes) {
  for (const char* order : {"3,4,1,2", "2,1,4,3"}) {
    SCOPED_TRACE(order);
    const std::string integers = stored_bytes(0x1234, ranks(order, 2)) +
                                 stored_bytes(0x00ABCDEF, ranks(order, 4)) +
                                 stored_bytes(0x0001020304050607U, ranks(order, 8)) + "\x05";
    const RawSample sample = read(list_mode("I", order, {16, 32, 64, 8}, 1, integers));
    EXPECT_EQ(sample.values[0][0], 0x1234);
    EXPECT_EQ(sample.values[1][0], 0x00ABCDEF);
    EXPECT_EQ(sample.values[2][0], static_cast<float>(0x0001020304050607U));
    EXPECT_EQ(sample.values[3][0], 5.0F);
    const std::string real = stored_bytes(std::bit_cast<std::uint32_t>(-1.25F), ranks(order, 4));
    EXPECT_EQ(read(list_mode("F", order, {32}, 1, real)).values[0][0], -1.25F);
    const std::string wide = stored_bytes(std::bit_cast<std::uint64_t>(-0.1), ranks(order, 8));
    EXPECT_EQ(read(list_mode("D", order, {64}, 1, wide)).values[0][0], -0.1F);
  }
}

TEST(FcsValues, AnyWritingOfAByteOrderIsUnderstood) {
  const std::string little("\x01\x00", 2);
  for (const char* order : {"1,2", "1,2,3,4", "1, 2, 3, 4", "1,2,3,4,5,6,7,8", "1"}) {
    EXPECT_EQ(read(list_mode("I", order, {16}, 1, little)).values[0][0], 1.0F) << order;
  }
  for (const char* order : {"2,1", "4,3,2,1", "8,7,6,5,4,3,2,1"}) {
    EXPECT_EQ(read(list_mode("I", order, {16}, 1, little)).values[0][0], 256.0F) << order;
  }
}

/// Packs values of the given widths bit by bit, the high bit first (big endian) or the low bit first.
std::string packed(const std::vector<std::pair<std::uint64_t, unsigned>>& values, bool is_big) {
  std::vector<bool> bits;
  for (const auto& [value, width] : values) {
    for (unsigned bit = 0; bit < width; ++bit) {
      bits.push_back(((value >> (is_big ? width - 1 - bit : bit)) & 1U) != 0);
    }
  }
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (std::size_t index = 0; index < bits.size(); ++index) {
    const std::size_t shift = is_big ? 7 - index % 8 : index % 8;
    if (bits[index]) bytes[index / 8] = static_cast<char>(bytes[index / 8] | (1 << shift));
  }
  return bytes;
}

TEST(FcsValues, BitPackedEventsFollowEachOtherWithoutGaps) {
  for (const bool is_big : {true, false}) {
    std::vector<std::pair<std::uint64_t, unsigned>> stored;
    std::vector<std::vector<float>> expected(4);
    constexpr std::uint64_t kEvents = 60'001;  // several blocks; the last byte is not full
    for (std::uint64_t event = 0; event < kEvents; ++event) {
      const std::vector<std::pair<std::uint64_t, unsigned>> row{{event % 1024, 10},
                                                                {(event * 7) % 4096, 12},
                                                                {(event * 31) % 1'048'576, 20},
                                                                {event % 2, 1}};
      for (std::size_t channel = 0; channel < 4; ++channel) {
        stored.push_back(row[channel]);
        expected[channel].push_back(static_cast<float>(row[channel].first));
      }
    }
    const std::string order = is_big ? "4,3,2,1" : "1,2,3,4";
    const RawSample sample =
        read(list_mode("I", order, {10, 12, 20, 1}, kEvents, packed(stored, is_big)));
    EXPECT_EQ(sample.values, expected) << order;
    EXPECT_TRUE(sample.warnings.empty());
  }
}

TEST(FcsValues, BitsAboveTheRangeAreClearedAndCounted) {
  const std::string data = stored_bytes(0xFC01, {1, 2}) + stored_bytes(0x03FF, {1, 2});
  FcsBytes file = list_mode("I", "1,2", {16}, 2, data);
  file.with("$P1R", "1000");  // not a power of two: ten bits count
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values[0], (std::vector<float>{1.0F, 1023.0F}));
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_EQ(sample.warnings[0], "1 values had bits above their $PnR, which were cleared: A.");
}

/// 2,000 integers of 16 bits whose $PnR is 1024, rising from 0.
RawSample beyond_range() {
  std::string data;
  for (unsigned event = 0; event < 2000; ++event) data += stored_bytes(event, {1, 2});
  FcsBytes file = list_mode("I", "1,2", {16}, 2000, data);
  file.with("$P1R", "1024");
  return read(file);
}

TEST(FcsValues, ValuesThatGoOnAcrossTheirRangeKeepTheirBits) {
  const RawSample sample = beyond_range();
  EXPECT_EQ(sample.values[0][1999], 1999.0F);
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_NE(sample.warnings[0].find("go on beyond their $PnR"), std::string::npos);
}

TEST(FcsValues, FlagsAboveTheRangeAreStillCleared) {
  std::string data;
  for (unsigned event = 0; event < 2000; ++event)
    data += stored_bytes((event % 200) | (event % 2 == 0 ? 0x0400U : 0U), {1, 2});
  FcsBytes file = list_mode("I", "1,2", {16}, 2000, data);
  file.with("$P1R", "1024");
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values[0][198], 198.0F);
  EXPECT_NE(sample.warnings[0].find("were cleared"), std::string::npos);
}

TEST(FcsValues, TextOfFixedWidthAndSeparated) {
  const FcsBytes fixed = list_mode("A", "1,2,3,4", {3, 5}, 2, "125  1.5 -7  2e1");
  EXPECT_EQ(read(fixed).values, (std::vector<std::vector<float>>{{125.0F, -7.0F}, {1.5F, 20.0F}}));
  FcsBytes separated = list_mode("A", "1,2,3,4", {8, 8}, 2, "1,22\r\n  333\t-4.5\n");
  separated.with("$P1B", "*").with("$P2B", "*");
  EXPECT_EQ(read(separated).values,
            (std::vector<std::vector<float>>{{1.0F, 333.0F}, {22.0F, -4.5F}}));
}

TEST(FcsValues, ChannelsMayHaveTheirOwnTypeInVersion32) {
  const std::string data =
      stored_bytes(77, {2, 1}) + stored_bytes(std::bit_cast<std::uint32_t>(2.5F), {4, 3, 2, 1}) +
      stored_bytes(std::bit_cast<std::uint64_t>(0.25), {8, 7, 6, 5, 4, 3, 2, 1});
  FcsBytes file = list_mode("F", "4,3,2,1", {16, 32, 64}, 1, data);
  file.version = "FCS3.2";
  file.with("$P1DATATYPE", "I").with("$P3DATATYPE", "D").without("$MODE");
  const RawSample sample = read(file);
  EXPECT_EQ(sample.values, (std::vector<std::vector<float>>{{77.0F}, {2.5F}, {0.25F}}));
  EXPECT_TRUE(sample.warnings.empty());
}

TEST(FcsValues, LogarithmicAndAmplifiedIntegersBecomeLinear) {
  // The example of FCS 3.1, 3.2.20 ($PnE) and of the ISAC test file int-scale_conversion.
  const std::string data = stored_bytes(256, {2, 1}) + stored_bytes(256, {2, 1}) +
                           stored_bytes(512, {2, 1}) + stored_bytes(300, {2, 1});
  FcsBytes file = list_mode("I", "2,1", {16, 16, 16, 16}, 1, data);
  for (const char* range : {"$P1R", "$P2R", "$P3R"}) file.with(range, "1024");
  file.with("$P1G", "10");
  file.with("$P2E", "4,0").with("$P2G", "10");
  file.with("$P3E", " 4.0, 0.1024");
  file.with("$P4N", "TIME").with("$P4G", "0.01");
  const RawSample sample = read(file);
  EXPECT_FLOAT_EQ(sample.values[0][0], 25.6F);
  EXPECT_FLOAT_EQ(sample.values[1][0], 10.0F);
  EXPECT_FLOAT_EQ(sample.values[2][0], 10.24F);
  EXPECT_EQ(sample.values[3][0], 300.0F);
  EXPECT_DOUBLE_EQ(sample.channels[0].range, 102.4);
  EXPECT_DOUBLE_EQ(sample.channels[1].range, 10000.0);
  EXPECT_DOUBLE_EQ(sample.channels[2].range, 1024.0);
}

TEST(FcsValues, FloatsAreLinearWhateverTheirScaleSays) {
  FcsBytes file = list_mode("F", "1,2,3,4", {32}, 1,
                            stored_bytes(std::bit_cast<std::uint32_t>(300.0F), {1, 2, 3, 4}));
  file.with("$P1E", "4,1");
  EXPECT_EQ(read(file).values[0][0], 300.0F);
  ASSERT_EQ(read(file).warnings.size(), 1U) << "and this is said";
}

TEST(FcsValues, BytesInTheOtherOrderThanDeclaredAreReadSoAndThisIsSaid) {
  std::string data;
  for (int event = 0; event < 50; ++event) {
    const auto value = static_cast<float>(300 + event);
    data += stored_bytes(std::bit_cast<std::uint32_t>(value), {4, 3, 2, 1});
  }
  const RawSample sample = read(list_mode("F", "1,2,3,4", {32}, 50, data));
  EXPECT_EQ(sample.values[0][7], 307.0F);
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_NE(sample.warnings[0].find("in the other order than $BYTEORD says"), std::string::npos);
}

TEST(FcsValues, ValuesThatAreNotFiniteAreKeptAndCounted) {
  std::string data;
  for (const float value :
       {1.0F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    data += stored_bytes(std::bit_cast<std::uint32_t>(value), {1, 2, 3, 4});
  }
  const RawSample sample = read(list_mode("F", "1,2,3,4", {32}, 3, data));
  EXPECT_TRUE(std::isinf(sample.values[0][1]));
  EXPECT_TRUE(std::isnan(sample.values[0][2]));
  ASSERT_EQ(sample.warnings.size(), 1U);
  EXPECT_EQ(sample.warnings[0], "2 values are infinite or not a number: A.");
}

}  // namespace
}  // namespace gateless::io
