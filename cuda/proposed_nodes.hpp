// What a warp's tensor cores know of 32 events: of each the nearest node and the keys of the nearest two (proposal.hpp).
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/proposal.hpp"

namespace gateless::cuda::proposed {

inline constexpr int kRows = 4;  ///< events whose products a lane holds

/// What a lane knows of one event while its quarter of the nodes is looked at.
struct Candidate {
  float best;
  float second;
  int node;
  float square;   ///< |y^|^2 over the lane's markers
  float residue;  ///< |y - y^|^2

  GATELESS_KERNEL_BODY void see(float key) {
    second = fminf(second, fmaxf(best, key));
    best = fminf(best, key);
  }

  /// Joins what another lane of the same event knows.
  GATELESS_KERNEL_BODY void join(float other_best, float other_second, int other_node) {
    second = fminf(fmaxf(best, other_best), fminf(second, other_second));
    if (other_best < best) node = other_node;
    best = fminf(best, other_best);
  }
};

/// The lane's part of the warp's 32 events: rows 4g .. 4g+3 of lanes 4g .. 4g+3, which share their markers out as the
/// fragments of m16n8k16 demand. Event 4g + 2i + j is row g + 8j of product i.
template <int kSteps>
struct EventFragments {
  std::uint32_t pair[2][std::size_t{kSteps}][4];

  GATELESS_KERNEL_BODY void load(const DevicePass& pass, std::size_t first, int lane,
                                 Candidate (&rows)[kRows]) {
    const float* const events = pass.events + first + static_cast<std::size_t>(lane / 4) * kRows;
    GATELESS_UNROLL
    for (int step = 0; step < kSteps; ++step) {
      GATELESS_UNROLL
      for (int half = 0; half < 2; ++half) {
        const int marker = step * kStepMarkers + half * 8 + lane % 4 * 2;
        const Quad low = values(pass, events, marker);
        const Quad high = values(pass, events, marker + 1);
        GATELESS_UNROLL
        for (int row = 0; row < kRows; ++row) {
          pair[row / 2][step][row % 2 + 2 * half] =
              rounded(low.value[row], rows[row]) | rounded(high.value[row], rows[row]) << 16U;
        }
      }
    }
  }

 private:
  /// x' of four consecutive events; zero past the last marker.
  GATELESS_KERNEL_BODY static Quad values(const DevicePass& pass, const float* events, int marker) {
    if (marker >= pass.markers) return Quad{};
    return *reinterpret_cast<const Quad*>(events + static_cast<std::size_t>(marker) * pass.stride);
  }

  /// -y rounded to float16; what is kept and what is lost is added up.
  GATELESS_KERNEL_BODY static std::uint32_t rounded(float x, Candidate& row) {
    const float y = -kEventUnits * x;
    const std::uint32_t half = half_of(y);
    const float kept = value_of_half(half);
    row.square = fmaf(kept, kept, row.square);
    row.residue = fmaf(y - kept, y - kept, row.residue);
    return half;
  }
};

/// Looks at all nodes; of each row the lane sees columns 2t and 2t + 1 of every tile.
template <int kSteps, class Lane>
GATELESS_KERNEL_BODY void look_at_tiles(const Lane& lane, const DevicePass& pass,
                                        const Fragment* fragments, const float* half_norms,
                                        const EventFragments<kSteps>& events,
                                        Candidate (&rows)[kRows]) {
  const int self = lane.thread() % kWarp;
  const std::uint32_t numbered = (1U << static_cast<unsigned>(key_bits(pass.tiles))) - 1U;
  for (int tile = 0; tile < pass.tiles; ++tile) {
    const float* const start = half_norms + tile * kTileNodes + self % 4 * 2;
    float distance[2][4] = {{start[0], start[1], start[0], start[1]},
                            {start[0], start[1], start[0], start[1]}};
    GATELESS_UNROLL
    for (int step = 0; step < kSteps; ++step) {
      const Fragment& weights = fragments[(tile * kSteps + step) * kWarp + self];
      lane.multiply_add(distance[0], events.pair[0][step], weights.pair);
      lane.multiply_add(distance[1], events.pair[1][step], weights.pair);
    }
    GATELESS_UNROLL
    for (int row = 0; row < kRows; ++row) {
      GATELESS_UNROLL
      for (int column = 0; column < 2; ++column) {
        const std::uint32_t bits = bits_of(distance[row / 2][row % 2 * 2 + column]);
        rows[row].see(float_of((bits & ~numbered) | static_cast<std::uint32_t>(2 * tile + column)));
      }
    }
  }
  GATELESS_UNROLL
  for (int row = 0; row < kRows; ++row) {
    const auto number = static_cast<int>(bits_of(rows[row].best) & numbered);
    rows[row].node = number / 2 * kTileNodes + self % 4 * 2 + number % 2;
  }
}

/// The lane keeps `kept`, gives `given` to lane ^ mask and takes what that one gives.
template <class Lane>
GATELESS_KERNEL_BODY void trade(const Lane& lane, int mask, const Candidate& given,
                                Candidate& kept) {
  const float best = lane.exchange(given.best, mask);
  const float second = lane.exchange(given.second, mask);
  const int node = lane.exchange(given.node, mask);
  kept.join(best, second, node);
  kept.square += lane.exchange(given.square, mask);
  kept.residue += lane.exchange(given.residue, mask);
}

GATELESS_KERNEL_BODY Candidate chosen(bool second_one, const Candidate& a, const Candidate& b) {
  return second_one ? b : a;
}

/// Joins what the four lanes of each event know; lane 4g + t gets row t, which is event 4g + t of the warp.
template <class Lane>
GATELESS_KERNEL_BODY Candidate joined_over_lanes(const Lane& lane, const Candidate (&rows)[kRows]) {
  const bool upper = (lane.thread() & 2) != 0;
  const bool odd = (lane.thread() & 1) != 0;
  Candidate first = chosen(upper, rows[0], rows[2]);
  Candidate second = chosen(upper, rows[1], rows[3]);
  trade(lane, 2, chosen(upper, rows[2], rows[0]), first);
  trade(lane, 2, chosen(upper, rows[3], rows[1]), second);
  Candidate own = chosen(odd, first, second);
  trade(lane, 1, chosen(odd, second, first), own);
  return own;
}

}  // namespace gateless::cuda::proposed
