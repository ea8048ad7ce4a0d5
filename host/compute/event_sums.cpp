#include "host/compute/event_sums.hpp"

#include <algorithm>

#include "host/core/parallel.hpp"

namespace gateless {
namespace {

constexpr std::size_t kTileEvents = 4096;
constexpr std::size_t kChunkEvents = 64 * kTileEvents;

void add_tile(EventView tile, const Scaling& scaling, std::vector<std::int32_t>& units,
              MarkerProducts& into) {
  const std::size_t markers = tile.markers;
  for (std::size_t marker = 0; marker < markers; ++marker) {
    const std::span<const float> values = tile.marker(marker);
    std::int32_t* row = units.data() + marker * kTileEvents;
    for (std::size_t event = 0; event < tile.events; ++event) {
      row[event] = units_of((values[event] - scaling.shift[marker]) * scaling.scale);
      into.sums[marker] += row[event];
    }
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
    std::vector<std::int64_t> sums(nodes, 0);
    std::vector<std::int64_t> squares(nodes, 0);
    const std::span<const float> values = events.marker(marker);
    for (std::size_t event = 0; event < values.size(); ++event) {
      const std::int64_t unit = units_of((values[event] - scaling.shift[marker]) * scaling.scale);
      sums[node_of_event[event]] += unit;
      squares[node_of_event[event]] += unit * unit;
    }
    for (std::size_t node = 0; node < nodes; ++node) {
      result.sums(node, marker) = sums[node];
      result.squares(node, marker) = squares[node];
    }
  });
  return result;
}

}  // namespace gateless
