#include "host/cluster/moments.hpp"

#include <algorithm>
#include <cmath>

#include "host/core/parallel.hpp"

namespace gateless {
namespace {

constexpr std::size_t kTileEvents = 4096;
constexpr std::size_t kChunkEvents = 64 * kTileEvents;
// |x'| <= 1, so a product is at most 2^28 and 2^34 events fit 63 bits.
constexpr float kUnits = 16384.0F;
constexpr double kUnit = 1.0 / 16384.0;

std::int32_t to_units(float value, float shift, float scale) {
  return static_cast<std::int32_t>(
      std::lrint(std::clamp((value - shift) * scale, -1.0F, 1.0F) * kUnits));
}

/// Sums and sums of products of one chunk, in units.
struct Products {
  std::vector<std::int64_t> sums;      ///< [markers]
  std::vector<std::int64_t> products;  ///< [markers][markers], upper triangle

  explicit Products(std::size_t markers) : sums(markers, 0), products(markers * markers, 0) {}
  void add(const Products& other) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += other.sums[i];
    for (std::size_t i = 0; i < products.size(); ++i) products[i] += other.products[i];
  }
};

void add_tile(EventView tile, const Scaling& scaling, std::vector<std::int32_t>& units,
              Products& into) {
  const std::size_t markers = tile.markers;
  for (std::size_t marker = 0; marker < markers; ++marker) {
    const std::span<const float> values = tile.marker(marker);
    std::int32_t* row = units.data() + marker * kTileEvents;
    for (std::size_t event = 0; event < tile.events; ++event) {
      row[event] = to_units(values[event], scaling.shift[marker], scaling.scale);
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
      into.products[a * markers + b] += sum;
    }
  }
}

std::size_t chunks_of(std::size_t events) { return (events + kChunkEvents - 1) / kChunkEvents; }

EventView chunk_view(EventView events, std::size_t chunk) {
  const std::size_t first = chunk * kChunkEvents;
  return events.slice(first, std::min(kChunkEvents, events.events - first));
}

}  // namespace

Moments moments_of(EventView events, const Scaling& scaling, std::size_t threads) {
  const std::size_t markers = events.markers;
  const std::size_t chunks = chunks_of(events.events);
  std::vector<Products> parts(chunks, Products(markers));
  parallel_for(threads, chunks, [&](std::size_t chunk) {
    const EventView view = chunk_view(events, chunk);
    std::vector<std::int32_t> units(markers * kTileEvents);
    for (std::size_t first = 0; first < view.events; first += kTileEvents) {
      add_tile(view.slice(first, std::min(kTileEvents, view.events - first)), scaling, units,
               parts[chunk]);
    }
  });
  Products total(markers);
  for (const Products& part : parts) total.add(part);

  const auto n = static_cast<double>(events.events);
  const auto size = static_cast<Eigen::Index>(markers);
  Moments moments{Eigen::VectorXd(size), Eigen::MatrixXd(size, size)};
  for (std::size_t a = 0; a < markers; ++a) {
    moments.mean[static_cast<Eigen::Index>(a)] = static_cast<double>(total.sums[a]) * kUnit / n;
  }
  for (std::size_t a = 0; a < markers; ++a) {
    for (std::size_t b = a; b < markers; ++b) {
      const auto row = static_cast<Eigen::Index>(a);
      const auto column = static_cast<Eigen::Index>(b);
      const double product = static_cast<double>(total.products[a * markers + b]) * kUnit * kUnit;
      moments.covariance(row, column) = product / n - moments.mean[row] * moments.mean[column];
      moments.covariance(column, row) = moments.covariance(row, column);
    }
  }
  return moments;
}

Matrix<double> within_node_variance(EventView events, const Scaling& scaling,
                                    std::span<const NodeIndex> node_of_event, std::size_t nodes,
                                    std::size_t threads) {
  std::vector<std::uint64_t> counts(nodes, 0);
  for (const NodeIndex node : node_of_event) ++counts[node];
  Matrix<double> variance(nodes, events.markers, 0.0);
  parallel_for(threads, events.markers, [&](std::size_t marker) {
    std::vector<std::int64_t> sums(nodes, 0);
    std::vector<std::int64_t> squares(nodes, 0);
    const std::span<const float> values = events.marker(marker);
    for (std::size_t event = 0; event < values.size(); ++event) {
      const std::int64_t unit = to_units(values[event], scaling.shift[marker], scaling.scale);
      sums[node_of_event[event]] += unit;
      squares[node_of_event[event]] += unit * unit;
    }
    for (std::size_t node = 0; node < nodes; ++node) {
      if (counts[node] == 0) continue;
      const auto n = static_cast<double>(counts[node]);
      const double mean = static_cast<double>(sums[node]) / n;
      const double square = static_cast<double>(squares[node]) / n;
      variance(node, marker) = std::max(square - mean * mean, 0.0) * kUnit * kUnit;
    }
  });
  return variance;
}

}  // namespace gateless
