// The rectangle that holds labelled events best: bounds are moved one by one to where F1 is highest, on binned values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gateless::annotate {

/// Values are told apart to 1/kGateBins of the range that a gate's bound may lie in.
inline constexpr std::size_t kGateBins = 512;

/// Binned events that gates are learned from.
struct GateTable {
  std::size_t events = 0;
  std::vector<std::vector<std::uint16_t>> bins;  ///< [axes][events], 0 to kGateBins - 1
};

/// One bound that may be moved.
struct GateSide {
  std::size_t axis = 0;
  bool is_upper = false;

  friend bool operator==(const GateSide&, const GateSide&) = default;
};

/// A bound that was placed: upper: bin < edge; else bin >= edge.
struct PlacedSide {
  GateSide side;
  std::size_t edge = 0;
};

struct FoundBox {
  std::vector<PlacedSide>
      sides;        ///< those that exclude events, in the order in which they were asked for
  double f1 = 0.0;  ///< against all targets, also those outside the population
};

struct GateSearch {
  std::vector<GateSide> core;      ///< tried all together
  std::vector<GateSide> optional;  ///< taken one by one, while each adds `least_gain` to F1
  double least_gain = 0.01;
  std::size_t most_axes = 4;
};

/// Coordinate ascent from the open box over the events `population` of `table`. `is_target` [table events];
/// `targets` counts all of them, whether in the population or not. Deterministic: the first best bound, in the
/// middle of the bins that are as good.
[[nodiscard]] FoundBox find_box(const GateTable& table, std::span<const std::uint32_t> population,
                                const std::vector<bool>& is_target, std::size_t targets,
                                const GateSearch& search);

/// Events of `population` that the box holds.
[[nodiscard]] std::vector<std::uint32_t> inside_box(const GateTable& table,
                                                    std::span<const std::uint32_t> population,
                                                    const std::vector<PlacedSide>& sides);

}  // namespace gateless::annotate
