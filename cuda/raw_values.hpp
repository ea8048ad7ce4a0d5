// What is done once with values that have just arrived: their ranges and the keys of their events, and scaling in place.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cuda/event_sums.hpp"  // DeviceEvents
#include "cuda/half.hpp"        // bits_of
#include "host/compute/event_keys.hpp"
#include "host/compute/value_ranges.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {

/// The range of some values. Pointers are of the device.
struct DeviceRange {
  const float* values;
  std::size_t count;
  ValueRange* range;  ///< one cell
  void* scratch;
  std::size_t scratch_bytes;  ///< Device::range_bytes()
};

/// The key of each event of a tile.
struct DeviceKeys {
  DeviceEvents events;
  std::uint64_t* keys;  ///< [events.count]
};

/// Values of a marker as passes want them, in place.
struct DeviceScaling {
  float* values;
  std::size_t count;
  float shift;
  float scale;
};

struct RangeOfValue {
  GATELESS_HOST_DEVICE ValueRange operator()(float value) const { return range_of(value); }
};

struct JoinedRange {
  GATELESS_HOST_DEVICE ValueRange operator()(ValueRange a, ValueRange b) const {
    return joined(a, b);
  }
};

struct KeyOfEvent {
  DeviceEvents events;
  GATELESS_HOST_DEVICE std::uint64_t operator()(std::size_t event) const {
    std::uint64_t sum = 0;
    for (int marker = 0; marker < events.markers; ++marker) {
      const float value = events.values[static_cast<std::size_t>(marker) * events.stride + event];
      sum += mix(bits_of(value));
    }
    return mix(sum);
  }
};

/// x' of ResidentEvents.
struct ScaledValue {
  static constexpr float kLimit = 127.0F;  ///< kScaledLimit
  float shift;
  float scale;
  GATELESS_HOST_DEVICE float operator()(float value) const {
    const float scaled = (value - shift) * scale;
    if (scaled < -kLimit) return -kLimit;
    return kLimit < scaled ? kLimit : scaled;
  }
};

}  // namespace gateless::cuda
