// The lowest and the highest value of each marker, and the scaling that follows from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>
#ifndef __CUDA_ARCH__
#include <bit>
#endif

#include "host/core/portable_math.hpp"  // GATELESS_HOST_DEVICE
#include "host/core/scaling.hpp"

namespace gateless::compute {

/// Of some values of a marker. Floats are kept as integers in the order of their values (-0 below +0), which have minima that
/// vectorise and that are the same in any order.
struct ValueRange {
  std::int32_t low = 0x7FFFFFFF;  ///< of the finite ones; above `high` where there is none
  std::int32_t high = -0x7FFFFFFF - 1;
  std::uint32_t odd = 0;  ///< not 0 where one is not finite
};

/// A float's bits in the order of its value, and back.
GATELESS_HOST_DEVICE inline std::int32_t in_order(std::int32_t bits) {
  return bits ^ ((bits >> 31) & 0x7FFFFFFF);
}

GATELESS_HOST_DEVICE inline ValueRange joined(ValueRange a, ValueRange b) {
  return {a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high, a.odd | b.odd};
}

GATELESS_HOST_DEVICE inline ValueRange range_of(float value) {
#ifdef __CUDA_ARCH__
  const std::int32_t bits = __float_as_int(value);
#else
  const auto bits = std::bit_cast<std::int32_t>(value);
#endif
  constexpr std::int32_t kExponent = 0x7F800000;
  ValueRange range;
  if ((bits & kExponent) == kExponent) {
    range.odd = 1;
  } else {
    range.low = range.high = in_order(bits);
  }
  return range;
}

[[nodiscard]] ValueRange range_of(std::span<const float> values);

/// As scaling_of(), from the range of each marker.
[[nodiscard]] Scaling scaling_for(std::span<const ValueRange> ranges);

/// Markers all of whose values are one.
[[nodiscard]] std::vector<std::size_t> constant_markers(std::span<const ValueRange> ranges);

}  // namespace gateless::compute
