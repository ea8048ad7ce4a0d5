// The inner loop of the cpu backend over one tile, compiled once for every SIMD level. This header is seen by
// code built with different instruction sets: it holds declarations and plain structs, nothing to instantiate.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gateless::compute {

inline constexpr std::size_t kGroupNodes = 6;  ///< nodes whose distances grow together in registers
inline constexpr std::size_t kBlockEvents =
    64;  ///< events scaled into the first-level cache at a time
inline constexpr std::size_t kSumLanes = 8;

// What backend.hpp says, said again without its standard headers; cpu_backend.cpp asserts that they agree.
inline constexpr std::size_t kPassMarkers = 128;
inline constexpr float kPassLimit = 127.0F;
inline constexpr float kPassQuanta = 16777216.0F;

/// Sums of eight markers of a node; as wide as a cache line.
struct alignas(64) SumLanes {
  std::int64_t markers[kSumLanes];
};

/// One tile and where its results go.
struct NodePassTile {
  const float* events;  ///< [markers][stride], not scaled
  std::size_t stride;
  std::size_t count;  ///< events in the tile
  std::size_t markers;
  const float* shift;  ///< [markers]
  float scale;

  /// [groups][1 + markers][kGroupNodes]: half norms first, then the weights marker by marker. Nodes that only
  /// fill the last group have a half norm of infinity, so that they are never nearest.
  const float* codebook;
  std::size_t groups;
  std::size_t known = 0;  ///< `nodes` holds the nearest of so many first nodes already

  SumLanes* sums;         ///< [nodes][ceil(markers / kSumLanes)], added to; null: not wanted
  std::uint64_t* counts;  ///< [nodes], added to
  std::uint16_t*
      nodes;  ///< [count], the nearest node of each event; null: not wanted, and none is known
};

using NodePass = void (*)(const NodePassTile&);

/// Each is null where the program's architecture or the machine does not know the instructions.
[[nodiscard]] NodePass node_pass_avx512();
[[nodiscard]] NodePass node_pass_avx2();
[[nodiscard]] NodePass node_pass_baseline();

}  // namespace gateless::compute
