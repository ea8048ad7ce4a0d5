#include "host/core/transform_curve.hpp"

#include <algorithm>
#include <cassert>

#include "host/core/parallel.hpp"

namespace gateless {

TransformCurve::TransformCurve(const Transform& transform)
    : coefficients_(transform_coefficients(transform)),
      inverse_unit_(1.0 / coefficients_.unit),
      segments_{} {
  if (is_identity()) return;
  const auto from_key = [](std::size_t segment) {
    return portable::from_bits((kFirstKey + segment) << (52U - kBits));
  };
  Knot left = knot(1.0);
  for (std::size_t segment = 0; segment < kSegments; ++segment) {
    const double start = from_key(segment);
    const double width = from_key(segment + 1) - start;
    const Knot right = knot(start + width);
    const double rise = right.value - left.value;
    const double slope0 = left.slope * width;
    const double slope1 = right.slope * width;
    segments_[segment] = {left.value, slope0, 3.0 * rise - 2.0 * slope0 - slope1,
                          slope0 + slope1 - 2.0 * rise};
    left = right;
  }
}

TransformCurve::Knot TransformCurve::knot(double v) const {
  const double y = transform_value(coefficients_, (v - 1.0) * coefficients_.unit);
  const double k = coefficients_.decay;
  const double shape_slope = coefficients_.kind == TransformKind::kArcsinh
                                 ? 0.5 * (portable::exp(y) + portable::exp(-y))
                                 : portable::exp(y) + portable::exp(-k * y) / k;
  return {y, 1.0 / shape_slope};
}

void transform_columns(const Columns& columns, std::span<const TransformCurve> curves,
                       std::size_t threads) {
  assert(curves.size() == columns.size());
  constexpr std::size_t kPieceEvents = std::size_t{1} << 18U;
  const std::size_t events = columns.empty() ? 0 : columns.front().size();
  const std::size_t pieces = (events + kPieceEvents - 1) / kPieceEvents;
  parallel_for(threads, pieces * columns.size(), [&](std::size_t chunk) {
    const TransformCurve& curve = curves[chunk / pieces];
    if (curve.is_identity()) return;
    const std::size_t first = chunk % pieces * kPieceEvents;
    const std::size_t count = std::min(kPieceEvents, events - first);
    for (float& value : columns[chunk / pieces].subspan(first, count)) value = curve(value);
  });
}

}  // namespace gateless
