// One pass as a kernel gets it: where events, codebook and results lie on the device.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gateless::cuda {

/// Four weights that travel in one load.
struct alignas(16) Quad {
  float value[4];
};

/// Two pairs of float16, of 16 bytes: what one lane of a tensor core holds of 8 nodes x 16 columns, in two terms.
struct alignas(16) WordQuad {
  std::uint32_t word[4];
};

/// One such pair in two terms.
struct alignas(8) WordPair {
  std::uint32_t word[2];
};

inline constexpr int kQuadNodes = 4;    ///< nodes whose weights lie in one Quad
inline constexpr int kTileNodes = 8;    ///< nodes of one tensor-core product
inline constexpr int kEight = 8;        ///< columns of half a tensor-core product
inline constexpr int kLineFloats = 32;  ///< 128 bytes, a line of the device's cache

/// Where the results of a pass are added up before they go to global memory.
enum class SumsIn { kNowhere, kShared, kGlobal };

/// What tells sure proposals from unsure ones, for one codebook; proposal.hpp says what and why.
struct ProposalBounds {
  float unit;          ///< events are scaled by it, a power of two
  float start_scale;   ///< of the square of an event
  float start_offset;  ///< added to it
  float of_start;      ///< what two keys must differ by: this part of the start, ...
  float fixed;         ///< ... this, ...
  float of_best;       ///< ... and these parts of the two keys
  float of_second;
  int numbered;  ///< the bits of a key that number the lane's nodes
  std::uint32_t
      zero;  ///< 0, unknown to the compiler: a word xor zero is a copy that stays in a register of its own
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
  const WordQuad* fragments;  ///< [tiles][eights * 16], see packed_codebook.hpp
  const float* centers;       ///< [eights * kEight], unit * the center of the codebook
  int tiles;                  ///< ceil(nodes / kTileNodes)
  ProposalBounds bounds;
  std::uint32_t* open;  ///< [ceil(count / 32)]: a bit for each event whose proposal is unsure

  // Only where listed events are looked at:
  const std::uint32_t* list;       ///< indexes of events in rising order; null: all events
  const std::uint32_t* listed;     ///< how many; one cell
  unsigned long long* remeasured;  ///< `listed` is added; one cell

  SumsIn sums_in;
  unsigned long long* sums;    ///< [nodes][markers], two's complement, added to
  unsigned long long* counts;  ///< [nodes], added to
  std::uint16_t* labels;       ///< [count], the nearest node of each event; null: not wanted
};

}  // namespace gateless::cuda
