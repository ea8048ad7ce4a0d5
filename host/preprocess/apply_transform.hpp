// Puts linear values onto the scale of a transform, in place.
#pragma once

#include <span>

#include "host/core/transform.hpp"

namespace gateless::preprocess {

/// As TransformCurve; transforms of kind none leave the values as they are.
void apply_transform(std::span<float> values, const Transform& transform);

}  // namespace gateless::preprocess
