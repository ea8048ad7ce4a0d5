// The range of every marker, and the one power of two that brings them all into reach of the fixed point.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "host/compute/backend.hpp"
#include "host/compute/value_ranges.hpp"
#include "host/core/clones.hpp"
#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kChunkEvents = 1U << 18U;

float low_of(const ValueRange& range) { return std::bit_cast<float>(in_order(range.low)); }
float high_of(const ValueRange& range) { return std::bit_cast<float>(in_order(range.high)); }

GATELESS_CLONES void widen(std::span<const float> values, ValueRange& range) {
  constexpr std::int32_t kExponent = 0x7F800000;
  constexpr ValueRange kNone;
  ValueRange seen;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::int32_t>(value);
    const std::int32_t place = in_order(bits);
    // A mask, not a choice: that loop would not vectorise.
    const std::int32_t odd = -static_cast<std::int32_t>((bits & kExponent) == kExponent);
    seen.low = std::min(seen.low, (place & ~odd) | (kNone.low & odd));
    seen.high = std::max(seen.high, (place & ~odd) | (kNone.high & odd));
    seen.odd |= static_cast<std::uint32_t>(odd);
  }
  range = joined(range, seen);
}

/// The middle, +0 where it is zero so that the sign of zeros cannot tell the order of events.
float middle_of(const ValueRange& range) {
  if (range.low > range.high) return 0.0F;
  return static_cast<float>((static_cast<double>(low_of(range)) + high_of(range)) / 2.0) + 0.0F;
}

/// The exponent e in [-126, 126] of the largest 2^e with width * 2^e <= 1.
int exponent_for(float width) {
  int exponent = 0;
  const float fraction =
      std::frexp(width, &exponent);  // width = fraction * 2^exponent, in [0.5, 1)
  return std::clamp(fraction == 0.5F ? 1 - exponent : -exponent, -126, 126);
}

}  // namespace

ValueRange range_of(std::span<const float> values) {
  ValueRange range;
  widen(values, range);
  return range;
}

Scaling scaling_for(std::span<const ValueRange> ranges) {
  Scaling scaling{std::vector<float>(ranges.size()), 1.0F};
  float width = 0.0F;
  for (std::size_t marker = 0; marker < ranges.size(); ++marker) {
    const ValueRange& range = ranges[marker];
    scaling.shift[marker] = middle_of(range);
    if (range.low > range.high) continue;
    width = std::max(
        {width, high_of(range) - scaling.shift[marker], scaling.shift[marker] - low_of(range)});
  }
  if (width > 0.0F) scaling.scale = std::ldexp(1.0F, exponent_for(width));
  return scaling;
}

std::vector<std::size_t> constant_markers(std::span<const ValueRange> ranges) {
  std::vector<std::size_t> found;
  for (std::size_t marker = 0; marker < ranges.size(); ++marker) {
    const ValueRange& range = ranges[marker];
    const bool has_one = range.low <= range.high && low_of(range) == high_of(range);
    if (has_one && range.odd == 0) found.push_back(marker);
  }
  return found;
}

Scaling scaling_of(EventView events, std::size_t threads) {
  const std::size_t chunks = (events.events + kChunkEvents - 1) / kChunkEvents;
  std::vector<ValueRange> parts(chunks * events.markers);
  parallel_for(threads, parts.size(), [&](std::size_t chunk) {
    const std::size_t first = (chunk % chunks) * kChunkEvents;
    const std::size_t count = std::min(kChunkEvents, events.events - first);
    parts[chunk] = range_of(events.marker(chunk / chunks).subspan(first, count));
  });
  std::vector<ValueRange> ranges(events.markers);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    ValueRange& range = ranges[part / chunks];
    range = joined(range, parts[part]);
  }
  return scaling_for(ranges);
}

}  // namespace gateless::compute
