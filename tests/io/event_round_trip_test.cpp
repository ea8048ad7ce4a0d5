// What `convert` writes as CSV and .h5ad reads back to the bit, and part.h5 as it was.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "host/core/error.hpp"
#include "io/event_csv.hpp"
#include "io/event_csv_writer.hpp"
#include "io/event_h5ad_writer.hpp"
#include "io/h5ad_reader.hpp"
#include "io/part_file.hpp"
#include "io/sha256.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

/// Values that digits lose easily.
RawSample odd_values() {
  RawSample sample;
  sample.channels = {{"FSC-A", "", 262144.0},
                     {"B530-A", "CD19, \"FITC\"", 1024.0},
                     {"PE-A", "CD19, \"FITC\"", 0.0}};
  sample.values = {
      {0.1F, -0.0F, std::numeric_limits<float>::denorm_min()},
      {std::numeric_limits<float>::max(), -1.0F / 3.0F, 16777217.0F},
      {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e-30F}};
  sample.events = 3;
  sample.spillover = Spillover{{"B530-A", "PE-A"}, Matrix<double>(2, 2)};
  sample.spillover->coefficients(0, 0) = sample.spillover->coefficients(1, 1) = 1.0;
  sample.spillover->coefficients(0, 1) = 0.1;
  sample.keywords = {{"$CYT", "LSR II"}, {"A/B", "slashes / are paths"}};
  return sample;
}

void expect_same(const RawSample& read, const RawSample& written) {
  ASSERT_EQ(read.channels.size(), written.channels.size());
  for (std::size_t channel = 0; channel < read.channels.size(); ++channel) {
    EXPECT_EQ(read.channels[channel].name, written.channels[channel].name);
    EXPECT_EQ(read.channels[channel].stain, written.channels[channel].stain);
    for (std::size_t event = 0; event < written.events; ++event) {
      if (std::isnan(written.values[channel][event])) {
        EXPECT_TRUE(std::isnan(read.values[channel][event]));
      } else {
        EXPECT_EQ(std::bit_cast<std::uint32_t>(read.values[channel][event]),
                  std::bit_cast<std::uint32_t>(written.values[channel][event]));
      }
    }
  }
  EXPECT_EQ(sha256_of_values(read.values), sha256_of_values(written.values));
}

TEST(EventRoundTrip, CsvKeepsEveryBitAndBothNames) {
  const TemporaryFolder folder;
  write_event_csv(folder / "a.csv", odd_values());
  expect_same(read_event_csv(folder / "a.csv"), odd_values());
}

TEST(EventRoundTrip, H5adKeepsEveryBitRangesSpilloverAndKeywords) {
  const TemporaryFolder folder;
  const RawSample written = odd_values();
  write_event_h5ad(folder / "a.h5ad", written);
  const RawSample read = read_h5ad(folder / "a.h5ad");
  expect_same(read, written);
  EXPECT_EQ(read.channels[1].range, 1024.0);
  EXPECT_EQ(read.keywords, written.keywords);
  ASSERT_TRUE(read.spillover.has_value());
  EXPECT_EQ(read.spillover->coefficients, written.spillover->coefficients);
}

TEST(EventRoundTrip, TheSumIsThatOfNumpy) {
  // hashlib.sha256(numpy.array([[1, 3], [2, 4]], "<f4").tobytes()).hexdigest()
  EXPECT_EQ(sha256_of_values({{1.0F, 2.0F}, {3.0F, 4.0F}}),
            "e3016490e6a9ec8d5797c7b5ec17a4746720e71e73e9b14b0b705307e13275c1");
}

Part small_part() {
  PartSample sample;
  sample.file = "a/b.fcs";
  sample.sha256 = std::string(64, 'a');
  sample.panel = "B";
  sample.events = 10;
  sample.kept_events = {0, 3, 9};
  sample.values = {{1.0F, 2.0F, 3.0F}, {0.5F, -0.5F, 0.0F}};
  sample.qc.dropped = {{"margin", 4}, {"dead", 3}};
  sample.qc.compensation = "2 channels";
  return {.version = "1", .model_sha256 = "m", .samples = {sample}};
}

TEST(PartFile, ReadsBackAsWritten) {
  const TemporaryFolder folder;
  write_part(small_part(), folder / "part.h5");
  const Part read = read_part(folder / "part.h5");
  ASSERT_EQ(read.samples.size(), 1U);
  EXPECT_EQ(read.model_sha256, "m");
  const PartSample& sample = read.samples.front();
  const PartSample written = small_part().samples.front();
  EXPECT_EQ(sample.file, written.file);
  EXPECT_EQ(sample.kept_events, written.kept_events);
  EXPECT_EQ(sample.values, written.values);
  EXPECT_EQ(sample.qc.dropped, written.qc.dropped);
  EXPECT_EQ(sample.qc.kept, 3U);
}

TEST(PartFile, RefusesEventsThatAreNotTheFiles) {
  const TemporaryFolder folder;
  for (const std::vector<std::uint32_t>& kept :
       std::vector<std::vector<std::uint32_t>>{{0, 3, 10}, {3, 0, 9}, {3, 3, 9}}) {
    Part part = small_part();
    part.samples.front().kept_events = kept;
    write_part(part, folder / "part.h5");
    EXPECT_THROW((void)read_part(folder / "part.h5"), InputError);
  }
  folder.file("part.h5", "not HDF5");
  EXPECT_THROW((void)read_part(folder / "part.h5"), InputError);
}

}  // namespace
}  // namespace gateless::io
