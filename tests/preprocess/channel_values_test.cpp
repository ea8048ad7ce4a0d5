// Values that gates are counted on: double precision, as other programs compensate.
#include "host/preprocess/channel_values.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gateless::preprocess
