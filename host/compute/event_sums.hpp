// Sums over all events beside the node sums: what the principal plane and the spread within nodes are made of. Exact
// integers, so that neither threads nor devices nor the order of events can change a bit.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/portable_math.hpp"  // GATELESS_HOST_DEVICE
#include "host/core/scaling.hpp"

namespace gateless::compute {

using NodeIndex = std::uint16_t;  ///< up to 4,096 nodes

/// Values are rounded to 1 / kUnits of the scaled unit and clamped to +-1: a product is at most 2^28, and the sum
/// over 2^34 events fits 63 bits.
inline constexpr float kUnits = 16384.0F;

GATELESS_HOST_DEVICE inline std::int32_t units_of(float scaled) {
  const float high = scaled < 1.0F ? scaled : 1.0F;
  return static_cast<std::int32_t>(lrintf((high > -1.0F ? high : -1.0F) * kUnits));
}

/// Over all events, in units and units squared.
struct MarkerProducts {
  std::vector<std::int64_t> sums;  ///< [markers]
  Matrix<std::int64_t> products;   ///< [markers][markers], upper triangle; 0 below

  explicit MarkerProducts(std::size_t markers) : sums(markers), products(markers, markers) {}
  friend bool operator==(const MarkerProducts&, const MarkerProducts&) = default;
};

/// Over the events of each node, in units and units squared.
struct NodeSquares {
  Matrix<std::int64_t> sums;     ///< [nodes][markers]
  Matrix<std::int64_t> squares;  ///< [nodes][markers]

  NodeSquares(std::size_t nodes, std::size_t markers)
      : sums(nodes, markers), squares(nodes, markers) {}
  friend bool operator==(const NodeSquares&, const NodeSquares&) = default;
};

[[nodiscard]] MarkerProducts products_of(EventView events, const Scaling& scaling,
                                         std::size_t threads);

/// `node_of_event` is [events], each below `nodes`.
[[nodiscard]] NodeSquares squares_of(EventView events, const Scaling& scaling,
                                     std::span<const NodeIndex> node_of_event, std::size_t nodes,
                                     std::size_t threads);

}  // namespace gateless::compute
