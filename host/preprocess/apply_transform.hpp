// Puts the pooled linear events onto the scale of their transforms, in place.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/transform.hpp"

namespace gateless {

/// Transforms `values` in place: within 1e-6 of transform_value(), monotone, the same bits on every call.
void apply_transform(std::span<float> values, const Transform& transform);

/// Transforms every marker of a sealed pool. `transforms` is [markers]. Independent of `threads`.
void apply_transforms(EventStore& pool, std::span<const Transform> transforms, std::size_t threads);

/// Transforms the columns of one sample, [markers][events], that is not pooled.
void apply_transforms(std::vector<std::vector<float>>& columns,
                      std::span<const Transform> transforms);

}  // namespace gateless
