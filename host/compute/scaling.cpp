// The range of every marker, and the one power of two that brings them all into reach of the fixed point.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "host/compute/backend.hpp"
#include "host/core/clones.hpp"
#include "host/core/parallel.hpp"

namespace gateless {
namespace {

constexpr std::size_t kChunkEvents = 1U << 18U;
constexpr float kHuge = std::numeric_limits<float>::max();

/// The lowest and highest finite value; low > high where there is none.
struct Range {
  float low = kHuge;
  float high = -kHuge;
};

/// A float's bits in the order of its value, and back: integers have minima that vectorise.
std::int32_t in_order(std::int32_t bits) { return bits ^ ((bits >> 31) & 0x7FFFFFFF); }

GATELESS_CLONES Range range_of(std::span<const float> values) {
  constexpr std::int32_t kExponent = 0x7F800000;
  constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max();
  std::int32_t low = kHighest;
  std::int32_t high = kLowest;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::int32_t>(value);
    const std::int32_t place = in_order(bits);
    // A mask, not a choice: that loop would not vectorise.
    const std::int32_t odd = -static_cast<std::int32_t>((bits & kExponent) == kExponent);
    low = std::min(low, (place & ~odd) | (kHighest & odd));
    high = std::max(high, (place & ~odd) | (kLowest & odd));
  }
  if (low > high) return {};
  return {std::bit_cast<float>(in_order(low)), std::bit_cast<float>(in_order(high))};
}

/// The middle, +0 where it is zero so that the sign of zeros cannot tell the order of events.
float middle_of(const Range& range) {
  if (range.low > range.high) return 0.0F;
  return static_cast<float>((static_cast<double>(range.low) + range.high) / 2.0) + 0.0F;
}

/// The exponent e in [-126, 126] of the largest 2^e with width * 2^e <= 1.
int exponent_for(float width) {
  int exponent = 0;
  const float fraction =
      std::frexp(width, &exponent);  // width = fraction * 2^exponent, in [0.5, 1)
  return std::clamp(fraction == 0.5F ? 1 - exponent : -exponent, -126, 126);
}

}  // namespace

Scaling scaling_of(EventView events, std::size_t threads) {
  const std::size_t chunks = (events.events + kChunkEvents - 1) / kChunkEvents;
  std::vector<Range> ranges(chunks * events.markers);
  parallel_for(threads, ranges.size(), [&](std::size_t chunk) {
    const std::size_t first = (chunk % chunks) * kChunkEvents;
    const std::size_t count = std::min(kChunkEvents, events.events - first);
    ranges[chunk] = range_of(events.marker(chunk / chunks).subspan(first, count));
  });

  Scaling scaling{std::vector<float>(events.markers), 1.0F};
  float width = 0.0F;
  for (std::size_t marker = 0; marker < events.markers; ++marker) {
    Range range;
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      const Range& part = ranges[marker * chunks + chunk];
      range.low = std::min(range.low, part.low);
      range.high = std::max(range.high, part.high);
    }
    scaling.shift[marker] = middle_of(range);
    if (range.low <= range.high) {
      width =
          std::max({width, range.high - scaling.shift[marker], scaling.shift[marker] - range.low});
    }
  }
  if (width > 0.0F) scaling.scale = std::ldexp(1.0F, exponent_for(width));
  return scaling;
}

}  // namespace gateless
