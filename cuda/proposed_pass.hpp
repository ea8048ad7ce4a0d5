// The fused kernel on tensor cores: nearest nodes are proposed from operands of two float16 terms, and the sums of sure
// events are exact. What proposal.hpp cannot tell apart is left open: selected_events.hpp lists those events, and
// exact_pass.hpp looks at the list.
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/node_sums.hpp"
#include "cuda/proposal.hpp"
#include "cuda/proposed_nodes.hpp"

namespace gateless::cuda {

/// One compiled variant: markers and one column of half norms fit into `eights` of columns, padded with zeros. One block a
/// processor, so that one codebook in shared memory serves as many warps as registers allow.
struct ProposedVariant {
  int fewest;  ///< markers
  int eights;
  int threads;
};
inline constexpr ProposedVariant kProposedVariants[] = {{0, 2, 512},   {16, 3, 512},  {24, 4, 512},
                                                        {32, 5, 384},  {40, 7, 384},  {56, 9, 256},
                                                        {72, 13, 256}, {104, 16, 256}};
inline constexpr int kProposedVariantCount = 8;
/// With the half norm; a marker more would need more registers than there are.
inline constexpr int kMostProposedColumns =
    kProposedVariants[kProposedVariantCount - 1].eights * kEight;

constexpr int proposed_variant_for(int markers) {
  for (int variant = 0; variant + 1 < kProposedVariantCount; ++variant) {
    if (markers < kProposedVariants[variant].eights * kEight) return variant;
  }
  return kProposedVariantCount - 1;
}

/// How a block uses its shared memory: fragments, centers, sums.
struct ProposedPlan {
  int centers_offset;  ///< bytes
  int sums_offset;     ///< bytes
};

namespace proposed {

inline constexpr int kFarthestKey = 0x7F7FFFFF;  ///< the largest finite float

/// The nearest node of the lane's event, first + lane; `lives` becomes false where that is unsure, and the event is
/// marked as open. Called by the whole warp.
template <int kVariant, class Lane>
GATELESS_KERNEL_BODY int find_nearest(const Lane& lane, const DevicePass& pass,
                                      const WordQuad* fragments, const float* centers,
                                      std::size_t first, bool& lives) {
  constexpr int kEights = kProposedVariants[kVariant].eights;
  Candidate rows[kRows];
  GATELESS_UNROLL
  for (int row = 0; row < kRows; ++row) rows[row] = {kFarthestKey, kFarthestKey, 0};
  const int self = lane.thread() % kWarp;
  EventFragments<kEights, kProposedVariants[kVariant].fewest> events;
  events.load(lane, pass, centers, first);
  look_at_tiles<kEights>(lane, pass, fragments, events, rows);
  const Candidate own = joined_over_lanes(lane, rows);
  const float start =
      chosen((self & 2) != 0, chosen((self & 1) != 0, events.start[0], events.start[1]),
             chosen((self & 1) != 0, events.start[2], events.start[3]));
  const int numbered = pass.bounds.numbered;
  const auto best = float_of(static_cast<std::uint32_t>(own.best & ~numbered));
  const auto second = float_of(static_cast<std::uint32_t>(own.second & ~numbered));
  const int node = node_of(pass, own.best & numbered, own.lane);
  // Fillers are far from all but the farthest events.
  const bool sure = node < pass.nodes && surely_nearest(pass.bounds, start, best, second);
  const unsigned open = lane.vote(lives && !sure);
  if (self == 0) pass.open[first / kWarp] = open;
  lives = lives && sure;
  return node;
}

/// Fragments and centers into shared memory.
template <int kEights, class Lane>
GATELESS_KERNEL_BODY void load_codebook(const Lane& lane, const DevicePass& pass,
                                        WordQuad* fragments, float* centers) {
  for (int cell = lane.thread(); cell < pass.tiles * kEights * kWarp / 2; cell += lane.threads()) {
    fragments[cell] = pass.fragments[cell];
  }
  for (int column = lane.thread(); column < kEights * kEight; column += lane.threads()) {
    centers[column] = pass.centers[column];
  }
}

}  // namespace proposed

// Grid: one block for each processor; a block takes every blocks()-th run of one event a thread, a
// warp 32 consecutive events. Shared memory: ProposedPlan. Traffic: every event is read once from global memory
// and once more for its sums, from the cache; the codebook once per block.
template <int kVariant, class Lane>
GATELESS_KERNEL_BODY void proposed_pass(const Lane& lane, const DevicePass& pass,
                                        const ProposedPlan& plan) {
  constexpr int kEights = kProposedVariants[kVariant].eights;
  constexpr int kThreads = kProposedVariants[kVariant].threads;
  char* const shared = static_cast<char*>(lane.shared());
  WordQuad* const fragments = reinterpret_cast<WordQuad*>(shared);
  float* const centers = reinterpret_cast<float*>(shared + plan.centers_offset);
  const SharedSums sums{reinterpret_cast<unsigned*>(shared + plan.sums_offset), pass.markers};
  proposed::load_codebook<kEights>(lane, pass, fragments, centers);
  if (pass.sums_in == SumsIn::kShared) sums.clear(lane, pass.nodes);
  lane.wait_for_block();

  const int self = lane.thread() % kWarp;
  const std::size_t leap = std::size_t{lane.blocks()} * kThreads;
  int unflushed = 0;
  for (std::size_t run = std::size_t{lane.block()} * kThreads; run < pass.count; run += leap) {
    if (pass.sums_in == SumsIn::kShared && unflushed + kThreads > kSplitEvents) {
      sums.flush(lane, pass);
      unflushed = 0;
    }
    unflushed += kThreads;
    const std::size_t first = run + static_cast<std::size_t>(lane.thread() / kWarp * kWarp);
    if (first >= pass.count) continue;  // the whole warp
    if (first + leap < pass.count) {
      GATELESS_UNROLL
      for (int base = 0; base < kEights * kEight; base += kWarp) {
        const int marker = base + self;
        const auto row = static_cast<std::size_t>(marker) * pass.stride;
        if (marker < pass.markers) lane.prefetch(pass.events + row + first + leap);
      }
    }
    const std::size_t event = first + static_cast<std::size_t>(self);
    bool lives = event < pass.count;
    const int node = proposed::find_nearest<kVariant>(lane, pass, fragments, centers, first, lives);
    if (lives && pass.labels != nullptr) pass.labels[event] = static_cast<std::uint16_t>(node);
    if (pass.sums_in == SumsIn::kShared) {
      const float* value = pass.events + (lives ? event : first);
      // Few markers: no loop.
      constexpr int kMost = kEights <= 4 ? kEights * kEight - 1 : 0;
      constexpr int kFewest = kProposedVariants[kVariant].fewest;
      constexpr int kFewer = kMost > 0 && kFewest > 0 ? kFewest - 1 : 0;
      add_events<kFewer, kMost>(lane, sums, node, lives, [&](int /*marker: in their order*/) {
        const float x = *value;
        value += pass.stride;
        return x;
      });
    } else if (pass.sums_in == SumsIn::kGlobal) {
      const int nodes[1] = {node};
      const bool living[1] = {lives};
      add_by_marker<1>(lane, pass, first, nodes, living);
    }
  }
  if (pass.sums_in == SumsIn::kShared) sums.flush(lane, pass);
}

}  // namespace gateless::cuda
