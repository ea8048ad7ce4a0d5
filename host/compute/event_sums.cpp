#include "host/compute/event_sums.hpp"

#include <algorithm>

#include "host/core/clones.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kTileEvents = 4096;
constexpr std::size_t kChunkEvents = 64 * kTileEvents;

/// units_of for scaled values of a row: 1.5 * 2^23, added and taken away again, rounds to whole numbers as lrintf does (ties to
/// even), many at a time.
GATELESS_CLONES
void units_of_row(const float* values, std::size_t count, float shift, float scale,
                  std::int32_t* units) {
  constexpr float kWhole = 12'582'912.0F;
  for (std::size_t i = 0; i < count; ++i) {
    const float scaled = (values[i] - shift) * scale;
    const float high = scaled < 1.0F ? scaled : 1.0F;
    const float unit = (high > -1.0F ? high : -1.0F) * kUnits;
    units[i] = static_cast<std::int32_t>((unit + kWhole) - kWhole);
  }
}

void add_tile(EventView tile, const Scaling& scaling, std::vector<std::int32_t>& units,
              MarkerProducts& into) {
  const std::size_t markers = tile.markers;
  for (std::size_t marker = 0; marker < markers; ++marker) {
    const std::span<const float> values = tile.marker(marker);
    std::int32_t* row = units.data() + marker * kTileEvents;
    units_of_row(values.data(), tile.events, scaling.shift[marker], scaling.scale, row);
    for (std::size_t event = 0; event < tile.events; ++event) into.sums[marker] += row[event];
  }
  for (std::size_t a = 0; a < markers; ++a) {
    const std::int32_t* left = units.data() + a * kTileEvents;
    for (std::size_t b = a; b < markers; ++b) {
      const std::int32_t* right = units.data() + b * kTileEvents;
      std::int64_t sum = 0;
      for (std::size_t event = 0; event < tile.events; ++event) {
        sum += std::int64_t{left[event]} * right[event];
      }
      into.products(a, b) += sum;
    }
  }
}

void add(MarkerProducts& total, const MarkerProducts& part) {
  std::transform(total.sums.begin(), total.sums.end(), part.sums.begin(), total.sums.begin(),
                 std::plus<>());
  const auto products = total.products.values();
  std::transform(products.begin(), products.end(), part.products.values().begin(), products.begin(),
                 std::plus<>());
}

}  // namespace

MarkerProducts products_of(EventView events, const Scaling& scaling, std::size_t threads) {
  const std::size_t chunks = (events.events + kChunkEvents - 1) / kChunkEvents;
  std::vector<MarkerProducts> parts(chunks, MarkerProducts(events.markers));
  parallel_for(threads, chunks, [&](std::size_t chunk) {
    std::vector<std::int32_t> units(events.markers * kTileEvents);
    const std::size_t end = std::min((chunk + 1) * kChunkEvents, events.events);
    for (std::size_t first = chunk * kChunkEvents; first < end; first += kTileEvents) {
      add_tile(events.slice(first, std::min(kTileEvents, end - first)), scaling, units,
               parts[chunk]);
    }
  });
  MarkerProducts total(events.markers);
  for (const MarkerProducts& part : parts) add(total, part);
  return total;
}

NodeSquares squares_of(EventView events, const Scaling& scaling,
                       std::span<const NodeIndex> node_of_event, std::size_t nodes,
                       std::size_t threads) {
  NodeSquares result(nodes, events.markers);
  parallel_for(threads, events.markers, [&](std::size_t marker) {
    struct Sums {
      std::int64_t sum = 0, square = 0;
    };
    std::vector<Sums> sums(nodes);
    std::vector<std::int32_t> units(kTileEvents);
    const std::span<const float> values = events.marker(marker);
    for (std::size_t first = 0; first < values.size(); first += kTileEvents) {
      const std::size_t count = std::min(kTileEvents, values.size() - first);
      units_of_row(values.data() + first, count, scaling.shift[marker], scaling.scale,
                   units.data());
      for (std::size_t i = 0; i < count; ++i) {
        Sums& own = sums[node_of_event[first + i]];
        own.sum += units[i];
        own.square += std::int64_t{units[i]} * units[i];
      }
      if (first % kChunkEvents == 0) keep_memory_bound();
    }
    for (std::size_t node = 0; node < nodes; ++node) {
      result.sums(node, marker) = sums[node].sum;
      result.squares(node, marker) = sums[node].square;
    }
  });
  return result;
}

}  // namespace gateless::compute
