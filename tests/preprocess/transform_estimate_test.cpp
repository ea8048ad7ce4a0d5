// Which transform is chosen for which values, and its parameters.
#include "host/preprocess/transform_estimate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/preprocess/made_events.hpp"

namespace gateless::preprocess {
namespace {

using Kind = TransformChoice::Kind;

EventStore pool_of(std::vector<std::vector<float>> columns) {
  std::vector<std::string> names;
  for (std::size_t marker = 0; marker < columns.size(); ++marker)
    names.emplace_back(1, static_cast<char>('A' + marker));
  EventStore pool(names);
  pool.append(0, columns);
  pool.seal();
  return pool;
}

/// 60 % around 0 with the given noise, 40 % bright.
std::vector<float> fluorescence(double noise, std::uint64_t stream, std::size_t events = 20'000) {
  Normals normal(stream);
  std::vector<float> values;
  for (std::size_t event = 0; event < events; ++event) {
    const double signal = normal.uniform() < 0.4 ? 8000.0 * std::exp(0.4 * normal()) : 0.0;
    values.push_back(static_cast<float>(signal + noise * normal()));
  }
  return values;
}

TEST(TransformEstimate, FlowGetsLogicleWithTheWidthOfItsNoise) {
  const EventStore pool = pool_of({fluorescence(100.0, 1), fluorescence(1000.0, 2)});
  const std::vector<double> ranges{262144.0, 262144.0};
  const TransformEstimate estimate = estimate_transforms(pool, Instrument::kFlow, ranges);
  ASSERT_EQ(estimate.transforms.size(), 2U);
  for (std::size_t marker = 0; marker < 2; ++marker) {
    const Transform& transform = estimate.transforms[marker];
    EXPECT_EQ(transform.kind, TransformKind::kLogicle);
    EXPECT_EQ(transform.t, 262144.0);
    EXPECT_EQ(transform.m, 4.5);
    EXPECT_EQ(transform.a, 0.0);
    // The 5th percentile of the negative half of a normal curve lies at -1.96 sd.
    const double noise = marker == 0 ? 100.0 : 1000.0;
    EXPECT_NEAR(transform.w, 0.5 * (4.5 - std::log10(262144.0 / (1.96 * noise))), 0.02);
  }
  EXPECT_TRUE(estimate.warnings.empty());
}

TEST(TransformEstimate, WithoutNegativeEventsTheCofactorFollowsTheDimmestPopulation) {
  Normals normal(4);
  std::vector<float> values;
  for (int event = 0; event < 20'000; ++event) {
    values.push_back(
        static_cast<float>((normal.uniform() < 0.5 ? 300.0 : 20'000.0) * std::exp(0.3 * normal())));
  }
  const EventStore pool = pool_of({values});
  const TransformEstimate estimate =
      estimate_transforms(pool, Instrument::kFlow, std::vector<double>{262144.0});
  EXPECT_EQ(estimate.transforms[0].kind, TransformKind::kArcsinh);
  EXPECT_NEAR(estimate.transforms[0].cofactor, 300.0, 45.0);
}

TEST(TransformEstimate, AMarkerOnAllCellsGetsTheWidthOfTheOthers) {
  Normals normal(9);
  std::vector<float> bright;
  for (int event = 0; event < 20'000; ++event)
    bright.push_back(static_cast<float>(20'000.0 * std::exp(0.3 * normal())));
  const EventStore pool = pool_of({fluorescence(100.0, 1), bright, fluorescence(100.0, 3)});
  const TransformEstimate estimate = estimate_transforms(
      pool, Instrument::kFlow, std::vector<double>{262144.0, 262144.0, 262144.0});
  EXPECT_EQ(estimate.transforms[1].kind, TransformKind::kLogicle);
  EXPECT_NEAR(estimate.transforms[1].w, estimate.transforms[0].w, 0.02);
}

TEST(TransformEstimate, TopOfScaleIsTheLargestValueWhereTheRangeIsUnknownOrTooSmall) {
  std::vector<float> values = fluorescence(100.0, 5);
  const float largest = *std::max_element(values.begin(), values.end());
  const EventStore pool = pool_of({values, values});
  const TransformEstimate estimate =
      estimate_transforms(pool, Instrument::kFlow, std::vector<double>{0.0, 1024.0});
  EXPECT_EQ(estimate.transforms[0].t, static_cast<double>(largest));
  EXPECT_EQ(estimate.transforms[1].t, static_cast<double>(largest));
}

TEST(TransformEstimate, MassGetsArcsinhFive) {
  Normals normal(6);
  std::vector<float> counts;
  for (int event = 0; event < 5000; ++event)
    counts.push_back(static_cast<float>(std::exp(2.0 + 1.5 * normal())));
  const EventStore pool = pool_of({counts});
  const TransformEstimate estimate =
      estimate_transforms(pool, Instrument::kMass, std::vector<double>{4096.0});
  EXPECT_EQ(estimate.transforms[0], (Transform{.kind = TransformKind::kArcsinh, .cofactor = 5.0}));
}

TEST(TransformEstimate, ValuesOnATransformedScaleAreLeftAsTheyAre) {
  Normals normal(7);
  std::vector<float> arcsinh, fraction, display;
  for (int event = 0; event < 5000; ++event) {
    const double level = normal.uniform() < 0.5 ? 0.25 : 0.75;
    const double value = std::clamp(level + 0.06 * normal(), 0.0, 1.0);
    arcsinh.push_back(static_cast<float>(10.0 * value));
    fraction.push_back(static_cast<float>(value));
    display.push_back(static_cast<float>(4095.0 * value));
  }
  for (const auto& values : {arcsinh, fraction, display}) {
    const TransformEstimate estimate = estimate_transforms(
        pool_of({values, values}), Instrument::kFlow, std::vector<double>{0.0, 0.0});
    EXPECT_EQ(estimate.transforms, (std::vector<Transform>(2)));
    EXPECT_TRUE(estimate.warnings.empty());
  }
  const TransformEstimate mixed = estimate_transforms(
      pool_of({arcsinh, fraction}), Instrument::kMass, std::vector<double>{0.0, 0.0});
  ASSERT_EQ(mixed.warnings.size(), 1U);
  EXPECT_NE(mixed.warnings[0].find("not on one scale: A spans"), std::string::npos);
}

TEST(TransformEstimate, TheUserHasTheLastWord) {
  const EventStore pool = pool_of({fluorescence(100.0, 8)});
  const std::vector<double> ranges{262144.0};
  const auto kind = [&](TransformChoice choice) {
    return estimate_transforms(pool, Instrument::kFlow, ranges, choice).transforms[0];
  };
  EXPECT_EQ(kind({.kind = Kind::kNone}).kind, TransformKind::kNone);
  EXPECT_EQ(kind({.kind = Kind::kArcsinh, .cofactor = 77.0}),
            (Transform{.kind = TransformKind::kArcsinh, .cofactor = 77.0}));
  EXPECT_EQ(estimate_transforms(pool, Instrument::kMass, ranges, {.kind = Kind::kLogicle})
                .transforms[0]
                .kind,
            TransformKind::kLogicle);
}

TEST(TransformEstimate, DoesNotNeedEvents) {
  const EventStore pool = pool_of({{}});
  const TransformEstimate estimate =
      estimate_transforms(pool, Instrument::kFlow, std::vector<double>{0.0});
  EXPECT_EQ(estimate.transforms.size(), 1U);
}

}  // namespace
}  // namespace gateless::preprocess
