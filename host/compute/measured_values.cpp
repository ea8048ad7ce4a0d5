#include "host/compute/measured_values.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "host/compute/checks.hpp"
#include "host/compute/event_keys.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kChunkEvents = 1U << 13U;  // a marker's values stay in a cache, and the keys

}  // namespace

MeasuredValues measure(EventView events, std::size_t threads) {
  const std::size_t chunks = (events.events + kChunkEvents - 1) / kChunkEvents;
  MeasuredValues found{std::vector<ValueRange>(events.markers),
                       std::vector<std::uint64_t>(events.events, 0)};
  std::vector<ValueRange> parts(chunks * events.markers);
  parallel_for(threads, chunks, [&](std::size_t chunk) {
    const std::size_t first = chunk * kChunkEvents;
    const std::size_t count = std::min(kChunkEvents, events.events - first);
    const auto keys = std::span(found.keys).subspan(first, count);
    for (std::size_t marker = 0; marker < events.markers; ++marker) {
      const auto values = events.marker(marker).subspan(first, count);
      parts[chunk * events.markers + marker] = range_of(values);
      add_mixed(values, keys);
    }
    mix_sums(keys);
    keep_memory_bound();
  });
  for (std::size_t part = 0; part < parts.size(); ++part) {
    ValueRange& range = found.ranges[part % events.markers];
    range = joined(range, parts[part]);
  }
  return found;
}

MeasuredEvents checked(EventView events, MeasuredValues values, std::size_t threads) {
  MeasuredEvents found{scaling_for(values.ranges), constant_markers(values.ranges),
                       std::move(values.keys), nullptr};
  require_shape(events, found.scaling);
  if (std::any_of(values.ranges.begin(), values.ranges.end(),
                  [](const ValueRange& range) { return range.odd != 0; })) {
    require_events(events, found.scaling, threads);  // says which value it is
  }
  return found;
}

}  // namespace gateless::compute
