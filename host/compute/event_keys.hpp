// A number for each event from its values alone, evenly spread whatever these are: what is chosen by it does not depend on the
// order of events or markers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/portable_math.hpp"  // GATELESS_HOST_DEVICE

namespace gateless::compute {

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): every bit of the result depends on every bit of the value.
GATELESS_HOST_DEVICE inline std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

/// Adds what the bits of a marker's values give to the sums of their events; `values` and `sums` are [events].
void add_mixed(std::span<const float> values, std::span<std::uint64_t> sums);

/// Keys of the sums over all markers, in place.
void mix_sums(std::span<std::uint64_t> sums);

/// The keys of all events: mix() of the sum over markers of mix() of a value's bits. [events]
[[nodiscard]] std::vector<std::uint64_t> keys_of(EventView events, std::size_t threads);

}  // namespace gateless::compute
