// The transforms: known values, published truth, and what must hold for any value.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "host/core/philox.hpp"
#include "host/core/transform_curve.hpp"
#include "host/core/transform_value.hpp"
#include "host/preprocess/apply_transform.hpp"

namespace gateless::preprocess {
namespace {

Transform logicle(double t, double w, double m, double a) {
  return {.kind = TransformKind::kLogicle, .t = t, .w = w, .m = m, .a = a};
}

/// The scale of Gating-ML 2.0: 0..1 over m + a decades.
double on_gating_ml_scale(const Transform& transform, double x) {
  const double y = transform_value(transform_coefficients(transform), x);
  return (y / portable::kLn10 + transform.w + transform.a) / (transform.m + transform.a);
}

TEST(Logicle, AgreesWithTheReferenceImplementation) {
  // Golden numbers: flowutils 1.2 (which wraps the authors' C code), transforms.logicle.
  struct Golden {
    Transform transform;
    double x, y;
  };
  const std::vector<Golden> golden{
#include "tests/preprocess/logicle_golden.inc"
  };
  for (const Golden& g : golden) {
    EXPECT_NEAR(on_gating_ml_scale(g.transform, g.x), g.y, 1e-12)
        << "t " << g.transform.t << " w " << g.transform.w << " m " << g.transform.m << " a "
        << g.transform.a << " x " << g.x;
  }
}

TEST(Logicle, IsArcsinhWhenItsLinearRegionHasNoWidth) {
  const Transform narrow = logicle(10000.0, 0.0, 4.5, 0.0);
  const double cofactor = 10000.0 / std::sinh(4.5 * std::log(10.0));
  for (const double x : {-500.0, -0.3, 0.0, 0.01, 1.0, 77.0, 10000.0, 3e5}) {
    EXPECT_NEAR(transform_value(transform_coefficients(narrow), x), std::asinh(x / cofactor),
                1e-12);
  }
}

TEST(Transforms, PutTopOfScaleWhereTheFormulaSays) {
  const Transform transform = logicle(262144.0, 0.7, 4.5, 0.0);
  EXPECT_NEAR(transform_value(transform_coefficients(transform), 262144.0), 3.8 * std::log(10.0),
              1e-12);
}

std::vector<Transform> transforms_in_use() {
  std::vector<Transform> result;
  for (const double w : {0.0, 0.1, 0.5, 1.0, 1.7, 2.2})
    result.push_back(logicle(262144.0, w, 4.5, 0.0));
  result.push_back(logicle(4194304.0, 0.6, 4.5, 0.5));
  for (const double cofactor : {0.5, 5.0, 150.0, 3000.0}) {
    result.push_back({.kind = TransformKind::kArcsinh, .cofactor = cofactor});
  }
  return result;
}

TEST(Transforms, AreUndoneByTheirInverse) {
  for (const Transform& transform : transforms_in_use()) {
    const TransformCoefficients c = transform_coefficients(transform);
    for (double x = 1e-3; x < 1e7; x *= 1.7) {
      EXPECT_NEAR(inverse_value(c, transform_value(c, x)) / x, 1.0, 1e-12);
      EXPECT_EQ(transform_value(c, -x), -transform_value(c, x));
    }
    EXPECT_EQ(transform_value(c, 0.0), 0.0);
  }
}

TEST(ApplyTransform, IsWithinAMillionthOfTheDefinition) {
  const Philox random(3, 1);
  for (const Transform& transform : transforms_in_use()) {
    std::vector<float> linear;
    for (std::uint64_t draw = 0; draw < 20'000; ++draw) {
      const double size = std::pow(10.0, -3.0 + 10.0 * random.uniform(2 * draw));
      linear.push_back(static_cast<float>(random.uniform(2 * draw + 1) < 0.5 ? -size : size));
    }
    std::vector<float> transformed = linear;
    apply_transform(transformed, transform);
    const TransformCoefficients c = transform_coefficients(transform);
    double worst = 0.0;
    for (std::size_t i = 0; i < linear.size(); ++i) {
      const double exact = transform_value(c, static_cast<double>(linear[i]));
      worst = std::max(worst, std::fabs(static_cast<double>(transformed[i]) - exact));
    }
    EXPECT_LT(worst, 1e-6) << "w " << transform.w << " cofactor " << transform.cofactor;
  }
}

TEST(ApplyTransform, NeverTurnsTheOrderOfTwoValues) {
  for (const Transform& transform : transforms_in_use()) {
    std::vector<float> values;
    for (float x = -1e6F; x < -1e-2F; x *= 0.9997F) values.push_back(x);
    for (float x = 1e-2F; x < 1e6F; x *= 1.0003F) values.push_back(x);
    apply_transform(values, transform);
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
  }
}

TEST(ApplyTransform, LeavesNoneAsItIsAndNotANumberNotANumber) {
  std::vector<float> values{-1.0F, 5.0F};
  apply_transform(values, {.kind = TransformKind::kNone});
  EXPECT_EQ(values, (std::vector<float>{-1.0F, 5.0F}));
  std::vector<float> odd{NAN, INFINITY, -INFINITY, 1e30F};
  apply_transform(odd, {.kind = TransformKind::kArcsinh});
  EXPECT_TRUE(std::isnan(odd[0]));
  EXPECT_EQ(odd[1], INFINITY);
  EXPECT_EQ(odd[2], -INFINITY);
  EXPECT_NEAR(odd[3], std::asinh(1e30 / 5.0), 1e-5);
}

TEST(TransformColumns, DoNotDependOnThreads) {
  const Philox random(5, 1);
  const std::vector<Transform> transforms{
      logicle(262144.0, 0.5, 4.5, 0.0), {}, {.kind = TransformKind::kArcsinh, .cofactor = 150.0}};
  const std::vector<TransformCurve> curves(transforms.begin(), transforms.end());
  std::vector<std::vector<float>> linear(3);
  for (std::size_t marker = 0; marker < 3; ++marker) {
    for (std::uint64_t draw = 0; draw < 300'001; ++draw) {
      linear[marker].push_back(static_cast<float>(2e5 * random.uniform(3 * draw + marker) - 1e3));
    }
  }
  std::vector<std::vector<float>> expected = linear;
  for (std::size_t marker = 0; marker < 3; ++marker) {
    apply_transform(expected[marker], transforms[marker]);
  }
  for (const std::size_t threads : {1U, 2U, 5U}) {
    std::vector<std::vector<float>> values = linear;
    transform_columns(Columns(values.begin(), values.end()), curves, threads);
    EXPECT_EQ(values, expected) << threads << " threads";
  }
}

}  // namespace
}  // namespace gateless::preprocess
