// One look at all values before the first pass: ranges, whether all are finite, and the keys of events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/compute/value_ranges.hpp"
#include "host/core/event_store.hpp"

namespace gateless::compute {

struct MeasuredValues {
  std::vector<ValueRange> ranges;   ///< [markers]
  std::vector<std::uint64_t> keys;  ///< [events]
};

[[nodiscard]] MeasuredValues measure(EventView events, std::size_t threads);

/// What Backend::load() returns, without its events yet. Errors as Backend::load() documents.
[[nodiscard]] MeasuredEvents checked(EventView events, MeasuredValues values, std::size_t threads);

}  // namespace gateless::compute
