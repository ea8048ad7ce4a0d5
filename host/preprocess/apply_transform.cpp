#include "host/preprocess/apply_transform.hpp"

#include "host/core/transform_curve.hpp"

namespace gateless::preprocess {

void apply_transform(std::span<float> values, const Transform& transform) {
  const TransformCurve curve(transform);
  if (curve.is_identity()) return;
  for (float& value : values) value = curve(value);
}

}  // namespace gateless::preprocess
