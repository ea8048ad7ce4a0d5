// The inner loop itself, over a type Lanes of vectors of floats that the including file defines first:
//   kWidth, kVectors, Float, Index; load, store, broadcast, broadcast_node, subtract_product, keep_nearer, load_nodes,
//   store_nodes, quantise (kWidth values), add (kSumLanes values).
// Everything here has internal linkage and calls no inline function of another header: the same name compiled
// for AVX-512 and for the baseline must never be merged by the linker.
#pragma once

#include "host/compute/node_pass.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kTransposedEvents = 16;

using Int4 = std::int32_t __attribute__((vector_size(16)));

/// One block of events while it is in the first-level cache.
struct alignas(64) Block {
  float scaled[kPassMarkers][kBlockEvents];
  float least[kBlockEvents];  ///< distances to the nodes that are known
  std::int32_t nodes[kBlockEvents];
};

/// x' of the block's events; lanes past its end are zero.
inline void scale_block(const NodePassTile& tile, std::size_t first, std::size_t count,
                        Block& block) {
  for (std::size_t marker = 0; marker < tile.markers; ++marker) {
    const float* values = tile.events + marker * tile.stride + first;
    float* scaled = block.scaled[marker];
    const float shift = tile.shift[marker];
    const auto scale_value = [&](std::size_t event) {
      float value = (values[event] - shift) * tile.scale;
      value = value < -kPassLimit ? -kPassLimit : value;
      scaled[event] = value > kPassLimit ? kPassLimit : value;
    };
    if (count == kBlockEvents) {
      for (std::size_t event = 0; event < kBlockEvents; ++event) scale_value(event);
    } else {
      for (std::size_t event = 0; event < count; ++event) scale_value(event);
      for (std::size_t event = count; event < kBlockEvents; ++event) scaled[event] = 0.0F;
    }
  }
}

/// Asks for the next block's cache lines a few at a time while this one is computed: asked for all at once, as
/// many rows as there are markers, they wait for each other.
class Prefetch {
 public:
  Prefetch(const NodePassTile& tile, std::size_t first, std::size_t steps)
      : next_(tile.events + first),
        stride_(tile.stride),
        rows_(first + kBlockEvents <= tile.count ? tile.markers : 0),
        rows_a_step_((rows_ + steps - 1) / steps) {}

  void step() {
    constexpr std::size_t kFloatsPerLine = 16;
    const std::size_t rows = rows_ < rows_a_step_ ? rows_ : rows_a_step_;
    for (std::size_t row = 0; row < rows; ++row, next_ += stride_) {
      for (std::size_t event = 0; event < kBlockEvents; event += kFloatsPerLine) {
        // A row need not begin on a line; its first one came with the block before.
        __builtin_prefetch(next_ + event + kFloatsPerLine - 1);
      }
    }
    rows_ -= rows;
  }

 private:
  const float* next_;
  std::size_t stride_;
  std::size_t rows_;
  std::size_t rows_a_step_;
};

/// Distances of kVectors vectors of events to the nodes of one group, then the argmin.
inline void nearest_in_group(const float* weights, std::size_t markers, std::size_t first_node,
                             const float* scaled, Lanes::Float* least, Lanes::Index* nearest) {
  Lanes::Float distance[kGroupNodes][Lanes::kVectors];
#pragma GCC unroll 8
  for (std::size_t node = 0; node < kGroupNodes; ++node) {
    const Lanes::Float half_norm = Lanes::broadcast(weights[node]);
#pragma GCC unroll 8
    for (std::size_t vector = 0; vector < Lanes::kVectors; ++vector) {
      distance[node][vector] = half_norm;
    }
  }
#pragma GCC unroll 1
  for (std::size_t marker = 0; marker < markers; ++marker) {
    weights += kGroupNodes;
    Lanes::Float event[Lanes::kVectors];
#pragma GCC unroll 8
    for (std::size_t vector = 0; vector < Lanes::kVectors; ++vector) {
      event[vector] = Lanes::load(scaled + marker * kBlockEvents + vector * Lanes::kWidth);
    }
#pragma GCC unroll 8
    for (std::size_t node = 0; node < kGroupNodes; ++node) {
      const Lanes::Float weight = Lanes::broadcast(weights[node]);
#pragma GCC unroll 8
      for (std::size_t vector = 0; vector < Lanes::kVectors; ++vector) {
        distance[node][vector] =
            Lanes::subtract_product(event[vector], weight, distance[node][vector]);
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t node = 0; node < kGroupNodes; ++node) {
    const Lanes::Index index = Lanes::broadcast_node(static_cast<std::int32_t>(first_node + node));
#pragma GCC unroll 8
    for (std::size_t vector = 0; vector < Lanes::kVectors; ++vector) {
      Lanes::keep_nearer(distance[node][vector], index, least[vector], nearest[vector]);
    }
  }
}

/// The distances of the block's events to the nodes that they are known to be nearest to, as nearest_in_group() measures them.
inline void measure_known(const NodePassTile& tile, std::size_t first, std::size_t count,
                          Block& block) {
  const std::size_t group_floats = (1 + tile.markers) * kGroupNodes;
  const float* node_values[kBlockEvents];
  for (std::size_t event = 0; event < kBlockEvents; ++event) {
    const std::size_t node = event < count ? tile.nodes[first + event] : 0;
    block.nodes[event] = static_cast<std::int32_t>(node);
    node_values[event] = tile.codebook + node / kGroupNodes * group_floats + node % kGroupNodes;
    block.least[event] = *node_values[event];
  }
  alignas(64) float weights[kBlockEvents];
  for (std::size_t marker = 0; marker < tile.markers; ++marker) {
    for (std::size_t event = 0; event < kBlockEvents; ++event)
      weights[event] = node_values[event][(1 + marker) * kGroupNodes];
    for (std::size_t event = 0; event < kBlockEvents; event += Lanes::kWidth) {
      Lanes::store(
          block.least + event,
          Lanes::subtract_product(Lanes::load(block.scaled[marker] + event),
                                  Lanes::load(weights + event), Lanes::load(block.least + event)));
    }
  }
}

inline void find_nearest(const NodePassTile& tile, std::size_t next_block, Block& block) {
  constexpr std::size_t kStep = Lanes::kWidth * Lanes::kVectors;
  const std::size_t first_group = tile.known / kGroupNodes;  // whose known nodes win nothing again
  Prefetch prefetch(tile, next_block, (tile.groups - first_group) * (kBlockEvents / kStep));
  for (std::size_t event = 0; event < kBlockEvents; event += kStep) {
    Lanes::Float least[Lanes::kVectors];
    Lanes::Index nearest[Lanes::kVectors];
    for (std::size_t vector = 0; vector < Lanes::kVectors; ++vector) {
      least[vector] = Lanes::broadcast(__builtin_inff());
      nearest[vector] = Lanes::broadcast_node(0);
      if (tile.known == 0) continue;
      const std::size_t lanes = event + vector * Lanes::kWidth;
      Lanes::keep_nearer(Lanes::load(block.least + lanes), Lanes::load_nodes(block.nodes + lanes),
                         least[vector], nearest[vector]);
    }
    for (std::size_t group = first_group; group < tile.groups; ++group) {
      nearest_in_group(tile.codebook + group * (1 + tile.markers) * kGroupNodes, tile.markers,
                       group * kGroupNodes, &block.scaled[0][event], least, nearest);
      prefetch.step();
    }
    for (std::size_t vector = 0; vector < Lanes::kVectors; ++vector) {
      Lanes::store_nodes(block.nodes + event + vector * Lanes::kWidth, nearest[vector]);
    }
  }
}

/// Fixed point of 16 events x 4 markers, turned so that the markers of an event lie together.
inline void quantise_and_transpose(const float* scaled, std::size_t markers,
                                   std::int32_t (*rows)[kPassMarkers]) {
  alignas(64) std::int32_t columns[4][kTransposedEvents];
  for (std::size_t marker = 0; marker < 4; ++marker) {
    for (std::size_t event = 0; event < kTransposedEvents; event += Lanes::kWidth) {
      if (marker < markers) {
        Lanes::quantise(scaled + marker * kBlockEvents + event, columns[marker] + event);
      } else {
        for (std::size_t lane = 0; lane < Lanes::kWidth; ++lane) columns[marker][event + lane] = 0;
      }
    }
  }
  for (std::size_t event = 0; event < kTransposedEvents; event += 4) {
    const Int4 a = *reinterpret_cast<const Int4*>(columns[0] + event);
    const Int4 b = *reinterpret_cast<const Int4*>(columns[1] + event);
    const Int4 c = *reinterpret_cast<const Int4*>(columns[2] + event);
    const Int4 d = *reinterpret_cast<const Int4*>(columns[3] + event);
    const Int4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const Int4 ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Int4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Int4 cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *reinterpret_cast<Int4*>(rows[event + 0]) = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *reinterpret_cast<Int4*>(rows[event + 1]) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *reinterpret_cast<Int4*>(rows[event + 2]) =
        __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *reinterpret_cast<Int4*>(rows[event + 3]) =
        __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
  }
}

/// Adds the block's events to the sums of their nodes.
inline void accumulate(const NodePassTile& tile, std::size_t count, const Block& block) {
  const std::size_t lanes = (tile.markers + kSumLanes - 1) / kSumLanes;
  alignas(64) std::int32_t rows[kTransposedEvents][kPassMarkers];
  for (std::size_t first = 0; first < count; first += kTransposedEvents) {
    for (std::size_t marker = 0; marker < lanes * kSumLanes; marker += 4) {
      const std::size_t markers = marker < tile.markers ? tile.markers - marker : 0;
      quantise_and_transpose(&block.scaled[marker][first], markers,
                             reinterpret_cast<std::int32_t(*)[kPassMarkers]>(&rows[0][marker]));
    }
    const std::size_t end = count - first < kTransposedEvents ? count - first : kTransposedEvents;
    for (std::size_t event = 0; event < end; ++event) {
      const auto node = static_cast<std::size_t>(block.nodes[first + event]);
      tile.counts[node] += 1;
      SumLanes* sums = tile.sums + node * lanes;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        Lanes::add(&rows[event][lane * kSumLanes], sums[lane].markers);
      }
    }
  }
}

void run_node_pass(const NodePassTile& tile) {
  Block block;
  for (std::size_t first = 0; first < tile.count; first += kBlockEvents) {
    const std::size_t left = tile.count - first;
    const std::size_t count = left < kBlockEvents ? left : kBlockEvents;
    scale_block(tile, first, count, block);
    if (tile.known > 0) measure_known(tile, first, count, block);
    find_nearest(tile, first + kBlockEvents, block);
    if (tile.nodes != nullptr) {
      for (std::size_t event = 0; event < count; ++event) {
        tile.nodes[first + event] = static_cast<std::uint16_t>(block.nodes[event]);
      }
    }
    if (tile.sums != nullptr) accumulate(tile, count, block);
  }
}

}  // namespace
}  // namespace gateless::compute
