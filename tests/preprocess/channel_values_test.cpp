// Values that gates are counted on: double precision, as other programs compensate.
#include "host/preprocess/channel_values.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace gateless::preprocess {
namespace {

RawSample two_dyes() {
  RawSample sample;
  sample.path = "two.fcs";
  sample.channels = {{"FSC-A", "", 262144.0}, {"FL1", "CD3", 262144.0}, {"FL2", "CD19", 262144.0}};
  sample.events = 3;
  sample.values = {{1.0F, 2.0F, 3.0F}, {100.0F, 20.0F, 0.0F}, {10.0F, 200.0F, -5.0F}};
  return sample;
}

Spillover ten_percent() {
  Spillover spillover{{"FL1", "FL2"}, Matrix<double>(2, 2, 0.0)};
  spillover.coefficients(0, 0) = spillover.coefficients(1, 1) = 1.0;
  spillover.coefficients(0, 1) = 0.1;
  return spillover;
}

TEST(ChannelValues, TakesTheSpilledLightOut) {
  const RawSample sample = two_dyes();
  const Spillover spillover = ten_percent();
  const ChannelValues values(sample, &spillover, {2, 0});
  std::vector<double> out(3);
  values.read(0, 0, out);
  EXPECT_DOUBLE_EQ(out[0], 0.0);
  EXPECT_DOUBLE_EQ(out[1], 198.0);
  EXPECT_DOUBLE_EQ(out[2], -5.0);
  values.read(1, 0, out);
  EXPECT_EQ(out, (std::vector<double>{1.0, 2.0, 3.0}));
}

TEST(ChannelValues, LeavesValuesAloneWithoutAMatrixAndStrides) {
  const RawSample sample = two_dyes();
  const ChannelValues values(sample, nullptr, {2});
  std::vector<double> out(2);
  values.read(0, 0, out, 2);
  EXPECT_EQ(out, (std::vector<double>{10.0, -5.0}));
}

TEST(ChannelValues, OfABlockAreThoseOfOneChannelAfterTheOther) {
  constexpr std::size_t kDyes = 6, kEvents = 29;
  RawSample sample;
  sample.path = "six.fcs";
  sample.events = kEvents;
  Spillover spillover{{}, Matrix<double>(kDyes, kDyes, 0.0)};
  for (std::size_t dye = 0; dye < kDyes; ++dye) {
    spillover.channels.push_back("FL" + std::to_string(dye));
    sample.channels.push_back({spillover.channels.back(), "", 262144.0});
    for (std::size_t other = 0; other < kDyes; ++other) {
      spillover.coefficients(dye, other) =
          dye == other ? 1.0 : 0.01 * static_cast<double>(1 + (dye * 7 + other * 3) % 5);
    }
    std::vector<float>& values = sample.values.emplace_back();
    for (std::size_t event = 0; event < kEvents; ++event)
      values.push_back(static_cast<float>((event * 37 + dye * 11) % 101) * 3.7F - 20.0F);
  }
  sample.channels.push_back({"Time", "", 0.0});
  sample.values.emplace_back(kEvents, 2.5F);
  const ChannelValues source(sample, &spillover, {5, 6, 0, 1, 2, 3, 4});
  constexpr std::size_t kFirst = 3, kCount = 21, kLeftOut = 4;
  std::vector<std::vector<double>> block(source.channels(), std::vector<double>(kCount));
  block[kLeftOut].clear();
  source.read_block(kFirst, kCount, std::vector<std::span<double>>(block.begin(), block.end()));
  for (std::size_t channel = 0; channel < source.channels(); ++channel) {
    std::vector<double> alone(kCount);
    source.read(channel, kFirst, alone);
    if (channel == kLeftOut) alone.clear();
    EXPECT_EQ(block[channel], alone) << channel;
  }
}

}  // namespace
}  // namespace gateless::preprocess
