// The scale on which values leave the program is the one that others print.
#include "host/core/shown_scale.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/transform_curve.hpp"

namespace gateless {
namespace {

Transform logicle(double t, double w, double m, double a) {
  return {.kind = TransformKind::kLogicle, .cofactor = 5.0, .t = t, .w = w, .m = m, .a = a};
}

struct Golden {
  double linear, scale;
};

/// Golden numbers: flowutils 1.2.2, transforms.logicle(x, None, t=T, m=M, w=W, a=A), 0 to 1.
const Transform kWide = logicle(262144.0, 0.5, 4.5, 0.0);
const std::vector<Golden> kOnWide{{-500.0, -0.158796964}, {0.0, 0.111111111},
                                  {1.0, 0.112231532},     {50.0, 0.165738939},
                                  {1000.0, 0.454337576},  {9999.0, 0.683822912}};
const Transform kShort = logicle(10000.0, 1.2, 4.0, 0.5);
const std::vector<Golden> kOnShort{{-500.0, 0.081985730}, {0.0, 0.377777778},
                                   {1.0, 0.378789185},    {50.0, 0.427864723},
                                   {1000.0, 0.758298272}, {9999.0, 0.999990094}};

void expect_golden(const Transform& transform, const std::vector<Golden>& golden) {
  const auto curve = std::make_unique<TransformCurve>(transform);
  const ShownScale scale(transform);
  for (const Golden& one : golden) {
    EXPECT_NEAR(gating_ml_value(transform, one.linear), one.scale, 1e-9) << one.linear;
    // What the events hold: the curve in single precision, then the shown scale.
    EXPECT_NEAR(scale((*curve)(static_cast<float>(one.linear))) / transform.m, one.scale, 1e-6)
        << one.linear;
  }
}

TEST(ShownScale, IsTheLogicleOfOthers) {
  expect_golden(kWide, kOnWide);
  expect_golden(kShort, kOnShort);
}

TEST(ShownScale, EndsAtMDecades) {
  const TransformCoefficients curve = transform_coefficients(kWide);
  EXPECT_NEAR(ShownScale(kWide)(transform_value(curve, 262144.0)), 4.5, 1e-12);
}

TEST(ShownScale, LeavesArcsinhAndLinearValuesAlone) {
  const Transform arcsinh{.kind = TransformKind::kArcsinh, .cofactor = 150.0};
  EXPECT_NEAR(gating_ml_value(arcsinh, 3000.0), std::asinh(20.0), 1e-12);
  EXPECT_EQ(gating_ml_value(Transform{}, -37.25), -37.25);
}

TEST(ShownScale, GoesBack) {
  const ShownScale scale(kShort);
  EXPECT_NEAR(scale.inverse(scale(3.7)), 3.7, 1e-12);
}

TEST(LinearTicks, ArePowersOfTenWhereTheyDoNotTouch) {
  std::string words;
  for (const auto& [place, text] : linear_ticks(kWide, -0.5, 4.5)) {
    words += text + " ";
    EXPECT_GE(place, -0.5);
    EXPECT_LE(place, 4.5);
  }
  EXPECT_EQ(words, "\u2212100 0 100 10\u00B3 10\u2074 10\u2075 ");
  EXPECT_TRUE(linear_ticks(Transform{}, 0.0, 10.0).empty());
}

}  // namespace
}  // namespace gateless
