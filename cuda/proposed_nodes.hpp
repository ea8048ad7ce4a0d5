// What a warp's tensor cores know of 32 events: of each the nearest node and the keys of the nearest two (proposal.hpp).
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/proposal.hpp"

namespace gateless::cuda::proposed {

inline constexpr int kRows = 4;  ///< events whose products a lane holds

GATELESS_KERNEL_BODY int smaller(int a, int b) { return a < b ? a : b; }
GATELESS_KERNEL_BODY int larger(int a, int b) { return a < b ? b : a; }

/// What a lane knows of one event while its quarter of the nodes is looked at. Keys are float bits, compared as integers.
struct Candidate {
  int best;
  int second;
  int lane;  ///< of four, that saw the best

  GATELESS_KERNEL_BODY void see(int one, int other) {
    const int low = smaller(one, other);
    second = smaller(smaller(second, larger(one, other)), larger(best, low));
    best = smaller(best, low);
  }

  /// Joins what another lane of the same event knows.
  GATELESS_KERNEL_BODY void join(int other_best, int other_second, int other_lane) {
    second = smaller(smaller(second, other_second), larger(best, other_best));
    if (other_best < best) lane = other_lane;
    best = smaller(best, other_best);
  }
};

/// The lane's part of the warp's 32 events: rows 4g .. 4g+3 of lanes 4g .. 4g+3, which share their columns out as the
/// fragments of m16n8k8 demand: lane t has columns 2t and 2t + 1 of each eight. Event 4g + 2i + j is row g + 8j of
/// product i. -y = high + low. There are at least kSurely markers.
template <int kEights, int kSurely>
struct EventFragments {
  std::uint32_t high[2][std::size_t{kEights}][2];
  std::uint32_t low[2][std::size_t{kEights}][2];
  std::uint32_t last
      [2]
      [2];  ///< the high terms of the last eight again, which meet high and low terms of nodes at once
  float start[kRows];  ///< what the keys of each row start at
  float again[kRows];  ///< the same

  /// Called by the whole warp.
  template <class Lane>
  GATELESS_KERNEL_BODY void load(const Lane& lane, const DevicePass& pass, const float* centers,
                                 std::size_t first) {
    const int self = lane.thread() % kWarp;
    const float* values = pass.events + static_cast<std::size_t>(self % 4 * 2) * pass.stride +
                          static_cast<std::size_t>(self / 4) * kRows + first;
    const bool holds_half_norm = self % 4 == pass.markers % kEight / 2;
    GATELESS_UNROLL
    for (int row = 0; row < kRows; ++row) {
      start[row] = holds_half_norm ? -kHalfNormUnit * kHalfNormUnit : 0.0F;
    }
    GATELESS_UNROLL
    for (int eight = 0; eight < kEights; ++eight) {
      const int column = eight * kEight + self % 4 * 2;
      const Quad one = quad_of(pass, values, column);
      const Quad other = quad_of(pass, values + pass.stride, column + 1);
      values += kEight * pass.stride;
      const float center = centers[column];
      const float other_center = centers[column + 1];
      GATELESS_UNROLL
      for (int row = 0; row < kRows; ++row) {
        const float y = fmaf(-pass.bounds.unit, one.value[row], center);
        const float other_y = fmaf(-pass.bounds.unit, other.value[row], other_center);
        const std::uint32_t pair = half_pair_of(y, other_y);
        high[row / 2][eight][row % 2] = pair;
        low[row / 2][eight][row % 2] =
            half_pair_of(y - first_of_pair(pair), other_y - second_of_pair(pair));
        start[row] = fmaf(y, y, fmaf(other_y, other_y, start[row]));
      }
    }
    GATELESS_UNROLL
    for (int row = 0; row < kRows; ++row) {  // the same bits in all four lanes
      start[row] += lane.exchange(start[row], 1);
      start[row] += lane.exchange(start[row], 2);
      start[row] = start_of_keys(pass.bounds, start[row]);
      again[row] = float_of(bits_of(start[row]) ^ pass.bounds.zero);
      last[row / 2][row % 2] = high[row / 2][kEights - 1][row % 2] ^ pass.bounds.zero;
    }
  }

 private:
  /// x' of four consecutive events; zero past the last marker.
  GATELESS_KERNEL_BODY static Quad quad_of(const DevicePass& pass, const float* values,
                                           int marker) {
    if (marker >= kSurely && marker >= pass.markers) return Quad{};
    return *reinterpret_cast<const Quad*>(values);
  }
};

/// The words of two eights as an m16n8k16 product takes them.
GATELESS_KERNEL_BODY WordQuad words_of(const std::uint32_t (&first)[2],
                                       const std::uint32_t (&second)[2]) {
  return {{first[0], first[1], second[0], second[1]}};
}

/// Half of the squared distances of 16 events and 8 nodes, a lane's four: columns 2t and 2t + 1 of rows g and g + 8.
/// `pairs` and `odd` are the lane's words of the tile. The order is part of the proof in proposal.hpp: all products of high
/// terms come first.
template <int kEights, class Lane, class Events>
GATELESS_KERNEL_BODY void measure(const Lane& lane, const WordQuad* pairs, const WordPair* odd,
                                  const Events& events, int product, float (&distance)[4]) {
  constexpr int kPairs = kEights / 2;
  const auto& high = events.high[product];
  const auto& low = events.low[product];
  const int row = 2 * product;
  const float start[4] = {events.start[row], events.again[row], events.start[row + 1],
                          events.again[row + 1]};
  WordQuad nodes[std::size_t{kPairs}];
  GATELESS_UNROLL
  for (int pair = 0; pair < kPairs; ++pair) {
    nodes[pair] = pairs[pair * kWarp];
    const std::uint32_t node_high[2] = {nodes[pair].word[0], nodes[pair].word[1]};
    lane.multiply_add(distance, words_of(high[2 * pair], high[2 * pair + 1]).word, node_high,
                      pair == 0 ? start : distance);
  }
  if constexpr (kEights % 2 != 0) {
    const WordPair node = *odd;
    lane.multiply_add(distance, words_of(high[kEights - 1], events.last[product]).word, node.word,
                      distance);
    lane.multiply_add(distance, low[kEights - 1], node.word[0], distance);
  }
  GATELESS_UNROLL
  for (int pair = 0; pair < kPairs; ++pair) {
    const std::uint32_t node_high[2] = {nodes[pair].word[0], nodes[pair].word[1]};
    const std::uint32_t node_low[2] = {nodes[pair].word[2], nodes[pair].word[3]};
    lane.multiply_add(distance, words_of(low[2 * pair], low[2 * pair + 1]).word, node_high,
                      distance);
    lane.multiply_add(distance, words_of(high[2 * pair], high[2 * pair + 1]).word, node_low,
                      distance);
  }
}

/// Looks at all nodes; of each row the lane sees columns 2t and 2t + 1 of every tile, numbered tile and tiles + tile.
template <int kEights, class Lane, class Events>
GATELESS_KERNEL_BODY void look_at_tiles(const Lane& lane, const DevicePass& pass,
                                        const WordQuad* fragments, const Events& events,
                                        Candidate (&rows)[kRows]) {
  constexpr int kTileQuads = kEights * kWarp / 2;
  const int self = lane.thread() % kWarp;
  const int numbered = pass.bounds.numbered;
  const WordQuad* pairs = fragments + self;
  const WordPair* odd = reinterpret_cast<const WordPair*>(fragments + kEights / 2 * kWarp) + self;
  int other_number = pass.tiles;
  GATELESS_UNROLL_TWICE
  for (int number = 0; number < pass.tiles; ++number, ++other_number) {
    float distance[2][4];
    GATELESS_UNROLL
    for (int product = 0; product < 2; ++product) {
      measure<kEights>(lane, pairs, odd, events, product, distance[product]);
    }
    GATELESS_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const float* const pair = distance[row / 2] + row % 2 * 2;
      const auto one = static_cast<int>(bits_of(pair[0]));
      const auto other = static_cast<int>(bits_of(pair[1]));
      rows[row].see((one & ~numbered) | number, (other & ~numbered) | other_number);
    }
    pairs += kTileQuads;
    odd += 2 * kTileQuads;
  }
}

/// The node that a lane of four gave this number.
GATELESS_KERNEL_BODY int node_of(const DevicePass& pass, int number, int lane) {
  return number < pass.tiles ? number * kTileNodes + 2 * lane
                             : (number - pass.tiles) * kTileNodes + 2 * lane + 1;
}

template <class T>
GATELESS_KERNEL_BODY T chosen(bool second_one, const T& a, const T& b) {
  return second_one ? b : a;
}

/// Joins what the four lanes of each event know; lane 4g + t gets row t, which is event 4g + t of the warp. A lane keeps
/// half of its rows and trades the others for what its partner knows of those it keeps.
template <class Lane>
GATELESS_KERNEL_BODY Candidate joined_over_lanes(const Lane& lane, const Candidate (&rows)[kRows]) {
  const int self = lane.thread() % 4;
  const bool upper = (self & 2) != 0;
  const bool odd = (self & 1) != 0;
  Candidate kept[2];
  GATELESS_UNROLL
  for (int row = 0; row < 2; ++row) {
    kept[row] = chosen(upper, rows[row], rows[row + 2]);
    kept[row].lane = self;
    const Candidate given = chosen(upper, rows[row + 2], rows[row]);
    const int best = lane.exchange(given.best, 2);
    kept[row].join(best, lane.exchange(given.second, 2), self ^ 2);
  }
  Candidate own = chosen(odd, kept[0], kept[1]);
  const Candidate given = chosen(odd, kept[1], kept[0]);
  const int best = lane.exchange(given.best, 1);
  const int second = lane.exchange(given.second, 1);
  own.join(best, second, lane.exchange(given.lane, 1));
  return own;
}

}  // namespace gateless::cuda::proposed
