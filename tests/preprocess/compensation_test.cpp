// Compensation on events that one can check by hand, and every way in which a matrix is refused.
#include "host/preprocess/compensation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/error.hpp"
#include "host/core/philox.hpp"

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

Spillover matrix(std::vector<std::string> channels, std::vector<double> coefficients) {
  Spillover spillover{channels, Matrix<double>(channels.size(), channels.size())};
  std::copy(coefficients.begin(), coefficients.end(), spillover.coefficients.values().begin());
  return spillover;
}

std::string refusal(const Spillover& spillover) {
  RawSample sample = two_dyes();
  try {
    compensate(sample, spillover);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Compensation, TakesTheSpilledLightOut) {
  RawSample sample = two_dyes();
  // 10 % of FL1's dye is seen in FL2: the first event is dye 1 alone.
  compensate(sample, matrix({"FL1", "FL2"}, {1.0, 0.1, 0.0, 1.0}));
  EXPECT_EQ(sample.values[0], (std::vector<float>{1.0F, 2.0F, 3.0F}));
  EXPECT_EQ(sample.values[1], (std::vector<float>{100.0F, 20.0F, 0.0F}));
  EXPECT_EQ(sample.values[2], (std::vector<float>{0.0F, 198.0F, -5.0F}));
}

TEST(Compensation, FindsChannelsByStainWhereTheNameIsUnknown) {
  RawSample by_name = two_dyes();
  RawSample by_stain = two_dyes();
  compensate(by_name, matrix({"FL1", "FL2"}, {1.0, 0.1, 0.2, 1.0}));
  compensate(by_stain, matrix({"CD3", "CD19"}, {1.0, 0.1, 0.2, 1.0}));
  EXPECT_EQ(by_name.values, by_stain.values);
}

TEST(Compensation, DoesNotDependOnTheOrderOfChannels) {
  RawSample forward = two_dyes();
  RawSample backward = two_dyes();
  compensate(forward, matrix({"FL1", "FL2"}, {1.0, 0.1, 0.2, 1.0}));
  compensate(backward, matrix({"FL2", "FL1"}, {1.0, 0.2, 0.1, 1.0}));
  for (std::size_t event = 0; event < 3; ++event) {
    EXPECT_NEAR(forward.values[1][event], backward.values[1][event], 1e-4);
    EXPECT_NEAR(forward.values[2][event], backward.values[2][event], 1e-4);
  }
}

TEST(Compensation, UndoesWhatTheMatrixDid) {
  constexpr std::size_t kChannels = 14;
  constexpr std::size_t kEvents = 1000;
  const Philox random(11, 1);
  Spillover spillover{{}, Matrix<double>(kChannels, kChannels)};
  RawSample sample;
  std::vector<std::vector<double>> truth(kChannels, std::vector<double>(kEvents));
  for (std::size_t c = 0; c < kChannels; ++c) {
    spillover.channels.push_back("FL" + std::to_string(c));
    sample.channels.push_back({spillover.channels.back(), "", 262144.0});
    for (std::size_t d = 0; d < kChannels; ++d) {
      spillover.coefficients(c, d) = c == d ? 1.0 : 0.1 * random.uniform(c * kChannels + d);
    }
    for (std::size_t e = 0; e < kEvents; ++e)
      truth[c][e] = 1e5 * random.uniform(1000 + c * kEvents + e);
  }
  sample.events = kEvents;
  for (std::size_t d = 0; d < kChannels; ++d) {
    sample.values.emplace_back();
    for (std::size_t e = 0; e < kEvents; ++e) {
      double light = 0.0;
      for (std::size_t c = 0; c < kChannels; ++c)
        light += truth[c][e] * spillover.coefficients(c, d);
      sample.values.back().push_back(static_cast<float>(light));
    }
  }
  compensate(sample, spillover);
  for (std::size_t c = 0; c < kChannels; ++c) {
    for (std::size_t e = 0; e < kEvents; ++e) EXPECT_NEAR(sample.values[c][e], truth[c][e], 0.1);
  }
}

TEST(Compensation, SaysWhyAMatrixIsRefused) {
  EXPECT_NE(refusal(matrix({"FL1", "FL9", "FL8"}, std::vector<double>(9, 0.0)))
                .find("no channel FL9, FL8"),
            std::string::npos);
  EXPECT_NE(refusal(matrix({"FL1", "CD3"}, {1.0, 0.1, 0.1, 1.0})).find("named twice"),
            std::string::npos);
  EXPECT_NE(refusal(matrix({"FL1", "FL2"}, {1.0, 1.0, 1.0, 1.0})).find("singular"),
            std::string::npos);
  EXPECT_NE(refusal(matrix({"FL1", "FL2"}, {0.0, 0.0, 0.0, 0.0})).find("singular"),
            std::string::npos);
  EXPECT_NE(refusal(matrix({"FL1", "FL2"}, {1.0, 0.999999, 1.0, 1.0})).find("singular"),
            std::string::npos);
  EXPECT_NE(
      refusal(matrix({"FL1", "FL2"}, {1.0, NAN, 0.1, 1.0})).find("FL1 in FL2 is not a number"),
      std::string::npos);
  Spillover wrong_shape{{"FL1", "FL2"}, Matrix<double>(1, 2, 1.0)};
  EXPECT_NE(refusal(wrong_shape).find("2 channels but 1 x 2"), std::string::npos);
  EXPECT_EQ(refusal(wrong_shape).find("two.fcs: "), 0U);
}

TEST(Compensation, WithoutChannelsChangesNothing) {
  RawSample sample = two_dyes();
  compensate(sample, Spillover{});
  EXPECT_EQ(sample.values, two_dyes().values);
}

}  // namespace
}  // namespace gateless::preprocess
