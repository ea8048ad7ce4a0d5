// The scale on which transformed values leave the program: the one that flowCore, FlowJo and Gating-ML print.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/core/transform_value.hpp"

namespace gateless {

/// From the value y of transform_value(), on which events are clustered, to what other programs show.
///   arcsinh  asinh(x / c), which y is already
///   logicle  M Y, with Y = (y / ln 10 + W + A) / (M + A) the logicle scale of Moore & Parks (Cytometry A 81A:273, 2012;
///            Gating-ML 2.0, 6.4), 0 to 1: flowCore's logicleTransform() and FlowJo's axes, 0 to M "decades", T at M
///   none     x
/// Affine in y, so that means and medians may be taken before or after.
class ShownScale {
 public:
  explicit ShownScale(const Transform& transform) {
    if (transform.kind != TransformKind::kLogicle) return;
    const double width = transform.m + transform.a;
    slope_ = transform.m / (width * portable::kLn10);
    offset_ = transform.m * (transform.w + transform.a) / width;
  }

  [[nodiscard]] double operator()(double y) const { return offset_ + slope_ * y; }
  [[nodiscard]] float operator()(float y) const {
    return static_cast<float>((*this)(static_cast<double>(y)));
  }
  /// Back to y.
  [[nodiscard]] double inverse(double shown) const { return (shown - offset_) / slope_; }

 private:
  double slope_ = 1.0, offset_ = 0.0;
};

/// A linear value on the scale of Gating-ML 2.0: logicle 0 to 1 (6.4), asinh(x / c), or as it is.
[[nodiscard]] inline double gating_ml_value(const Transform& transform, double x) {
  const double y = transform_value(transform_coefficients(transform), x);
  const double shown = ShownScale(transform)(y);
  return transform.kind == TransformKind::kLogicle ? shown / transform.m : shown;
}

/// Places on the shown scale between `low` and `high` of 0, 10, 100, 10^3 ... and their negatives, with their words; of
/// those that would touch, the larger power. None for a channel that is shown as it is.
[[nodiscard]] std::vector<std::pair<double, std::string>> linear_ticks(const Transform& transform,
                                                                       double low, double high);

}  // namespace gateless
