// The line that shows a file's signal over its acquisition is flat where nothing happened, and steps where it did.
#include "host/preprocess/signal_over_time.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/preprocess/clean.hpp"
#include "tests/preprocess/made_events.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kEvents = 20'000;

std::vector<float> signal_of(MadeSample made) {
  return prepare_sample(std::move(made.sample), made.panel, nullptr).signal;
}

TEST(SignalOverTime, IsFlatInASteadyFile) {
  const std::vector<float> signal = signal_of(made_flow_sample(kEvents, {}));
  ASSERT_EQ(signal.size(), 40U);
  for (const float part : signal) EXPECT_LT(std::abs(part), 0.3F);
}

TEST(SignalOverTime, ShowsWhereItFell) {
  MadeSample made = made_flow_sample(kEvents, {});
  for (std::size_t marker = 5; marker <= 6; ++marker) {
    for (std::size_t event = 3 * kEvents / 4; event < kEvents; ++event)
      made.sample.values[marker][event] = -300.0F;
  }
  const std::vector<float> signal = signal_of(std::move(made));
  ASSERT_EQ(signal.size(), 40U);
  EXPECT_LT(signal[35], signal[10] - 0.1F);
  EXPECT_LT(std::abs(signal[5] - signal[20]), 0.1F);
}

TEST(SignalOverTime, SmallFilesHaveNone) {
  EXPECT_TRUE(signal_of(made_flow_sample(300, {})).empty());
}

}  // namespace
}  // namespace gateless::preprocess
