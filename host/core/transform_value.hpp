// One value through a transform and back, on host and device: the definition that faster forms are measured against.
// Both transforms are odd, 0 at 0, and move by 1 per factor e at high intensity, so that markers with either of them
// share one scale.
#pragma once

#include "host/core/portable_math.hpp"
#include "host/core/transform.hpp"

namespace gateless {

/// A transform in the form it is computed in. Both curves are  x = unit * shape(y):
/// arcsinh: shape(y) = sinh(y);  logicle: shape(y) = (e^y - 1) - (e^(-k y) - 1) / k^2  for y >= 0, and odd.
struct TransformCoefficients {
  TransformKind kind = TransformKind::kNone;
  double unit = 1.0;   ///< linear intensity of one step of the shape
  double decay = 1.0;  ///< logicle: k in (0, 1], 1 where w = 0
};

/// Logicle (Moore & Parks, Cytometry A 81A:273, 2012) in these coordinates: with y = b (Y - x1), Y their scale
/// 0..1 and b = (m + a) ln 10, their biexponential a e^(bY) - c e^(-dY) + f becomes the shape above with k = d / b,
/// as its second derivative is 0 at x1. k solves 2 ln k + w ln(10) (1 + k) = 0; t lies at y = (m - w) ln 10.
/// Their scale is Y = (y / ln 10 + w + a) / (m + a); a only moves it.
GATELESS_HOST_DEVICE inline double logicle_shape(double decay, double y) {
  return portable::expm1(y) - portable::expm1(-decay * y) / (decay * decay);
}

[[nodiscard]] inline TransformCoefficients transform_coefficients(const Transform& transform) {
  TransformCoefficients result{transform.kind, 1.0, 1.0};
  if (transform.kind == TransformKind::kArcsinh) result.unit = transform.cofactor;
  if (transform.kind == TransformKind::kLogicle) {
    // The left side rises in k from -inf to w ln(10) 2 >= 0 at 1 and is concave: Newton from the left stays left.
    const double width = transform.w * portable::kLn10;
    double k = portable::exp(-width);  // 2 ln k + width (1 + k) <= 0 here
    for (int step = 0; step < 60; ++step) {
      const double value = 2.0 * portable::log(k) + width * (1.0 + k);
      const double next = k - value / (2.0 / k + width);
      if (!(next > k)) break;
      k = next;
    }
    result.decay = k < 1.0 ? k : 1.0;
    result.unit =
        transform.t / logicle_shape(result.decay, (transform.m - transform.w) * portable::kLn10);
  }
  return result;
}

/// The transformed value of linear intensity `x`; NaN stays NaN.
GATELESS_HOST_DEVICE inline double transform_value(const TransformCoefficients& coefficients,
                                                   double x) {
  if (coefficients.kind == TransformKind::kNone) return x;
  const double z = x / coefficients.unit;
  if (coefficients.kind == TransformKind::kArcsinh) return portable::asinh(z);
  const double size = std::fabs(z);
  if (!(size > 0.0) || !(size <= portable::kLargest)) return z;
  // The shape is convex on y >= 0 and both bounds lie right of the root, so Newton comes down to it and ends
  // where rounding stops the descent.
  const double k = coefficients.decay;
  const double by_slope = size / (1.0 + 1.0 / k);
  const double by_power = portable::log1p(size);
  double y = by_slope < by_power ? by_slope : by_power;
  for (int step = 0; step < 60; ++step) {
    const double slope = portable::exp(y) + portable::exp(-k * y) / k;
    const double next = y - (logicle_shape(k, y) - size) / slope;
    if (!(next < y)) break;
    y = next;
  }
  return std::copysign(y, z);
}

/// The linear intensity of transformed value `y`.
GATELESS_HOST_DEVICE inline double inverse_value(const TransformCoefficients& coefficients,
                                                 double y) {
  if (coefficients.kind == TransformKind::kNone) return y;
  if (coefficients.kind == TransformKind::kArcsinh) return coefficients.unit * portable::sinh(y);
  const double size = logicle_shape(coefficients.decay, std::fabs(y));
  return coefficients.unit * std::copysign(size, y);
}

}  // namespace gateless
