// One pass as a kernel gets it: where events, codebook and results lie on the device.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gateless::cuda {

/// Four weights that travel in one load.
struct alignas(16) Quad {
  float value[4];
};

/// Two float16 pairs: what one lane of a tensor core holds of 8 nodes x 16 markers.
struct alignas(8) Fragment {
  std::uint32_t pair[2];
};

inline constexpr int kQuadNodes = 4;     ///< nodes whose weights lie in one Quad
inline constexpr int kTileNodes = 8;     ///< nodes of one tensor-core product
inline constexpr int kStepMarkers = 16;  ///< markers of one tensor-core product
inline constexpr int kLineFloats = 32;   ///< 128 bytes, a line of the device's cache

/// Where the results of a pass are added up before they go to global memory.
enum class SumsIn { kNowhere, kShared, kGlobal };

/// Bounds over all nodes from which proposal.hpp gets the bound of an event; see there.
struct ProposalBounds {
  float weight_norm;   ///< largest |w|, Euclidean
  float residue_norm;  ///< largest |w - w rounded to float16|
  float half_norm;     ///< largest |1/2 |w|^2|
};

/// Events on the device and where their results go; all pointers are of the device.
struct DevicePass {
  /// [markers][stride], scaled; begins on a line, stride is whole lines: what lies between count and the end of
  /// its line may be read, and has no effect.
  const float* events;
  std::size_t stride;
  std::size_t count;  ///< events
  int markers;
  int nodes;
  int quads;  ///< ceil(nodes / kQuadNodes)
  const Quad*
      codebook;  ///< [quads][1 + markers], half norms first; fillers have a half norm of infinity

  // Only where nodes are proposed:
  const Fragment* fragments;  ///< [tiles][steps][32 lanes], float16 weights; zeros past the end
  const float* half_norms;    ///< [tiles * kTileNodes]; fillers are farther than any node
  int tiles;                  ///< ceil(nodes / kTileNodes)
  ProposalBounds bounds;
  unsigned long long* remeasured;  ///< events measured again are added; one cell

  SumsIn sums_in;
  unsigned long long* sums;    ///< [nodes][markers], two's complement, added to
  unsigned long long* counts;  ///< [nodes], added to
  std::uint16_t* labels;       ///< [count], the nearest node of each event; null: not wanted
};

}  // namespace gateless::cuda
