// The fused kernel on tensor cores: nearest nodes are proposed from float16 operands, what proposal.hpp cannot tell
// apart is measured again with the chain, and the sums are exact. The same bytes as exact_pass.hpp.
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/node_sums.hpp"
#include "cuda/proposal.hpp"
#include "cuda/proposed_nodes.hpp"

namespace gateless::cuda {

/// One compiled variant: up to steps * kStepMarkers markers, padded with zeros. One block a processor, so that one
/// codebook in shared memory serves as many warps as registers allow.
struct ProposedVariant {
  int steps;
  int threads;
};
inline constexpr ProposedVariant kProposedVariants[] = {
    {1, 512}, {2, 512}, {3, 512}, {4, 256}, {8, 256}};
inline constexpr int kProposedVariantCount = 5;

constexpr int proposed_variant_for(int markers) {
  for (int variant = 0; variant + 1 < kProposedVariantCount; ++variant) {
    if (markers <= kProposedVariants[variant].steps * kStepMarkers) return variant;
  }
  return kProposedVariantCount - 1;
}

/// How a block uses its shared memory: fragments, half norms, sums.
struct ProposedPlan {
  int half_norms_offset;  ///< bytes
  int sums_offset;        ///< bytes
};

namespace proposed {

/// The chain for one event and all nodes, a node a lane; every lane gets the answer.
template <class Lane>
GATELESS_KERNEL_BODY int measured_nearest(const Lane& lane, const DevicePass& pass,
                                          std::size_t event) {
  float least = HUGE_VALF;
  int nearest = 0;
  for (int node = lane.thread() % kWarp; node < pass.nodes; node += kWarp) {
    const Quad* const weights = pass.codebook + static_cast<std::size_t>(node / kQuadNodes) *
                                                    static_cast<std::size_t>(1 + pass.markers);
    float distance = weights[0].value[node % kQuadNodes];
    for (int marker = 0; marker < pass.markers; ++marker) {
      const float x = pass.events[static_cast<std::size_t>(marker) * pass.stride + event];
      distance = fmaf(-x, weights[1 + marker].value[node % kQuadNodes], distance);
    }
    if (distance < least) {
      least = distance;
      nearest = node;
    }
  }
  GATELESS_UNROLL
  for (int mask = kWarp / 2; mask > 0; mask /= 2) {
    const float other_least = lane.exchange(least, mask);
    const int other = lane.exchange(nearest, mask);
    if (other_least < least || (other_least == least && other < nearest)) {
      least = other_least;
      nearest = other;
    }
  }
  return nearest;
}

/// The nearest node of the lane's event, first + lane. Called by the whole warp.
template <int kSteps, class Lane>
GATELESS_KERNEL_BODY int find_nearest(const Lane& lane, const DevicePass& pass,
                                      const Fragment* fragments, const float* half_norms,
                                      std::size_t first, bool lives) {
  Candidate rows[kRows];
  GATELESS_UNROLL
  for (int row = 0; row < kRows; ++row)
    rows[row] = {kFartherThanAll, kFartherThanAll, 0, 0.0F, 0.0F};
  const int self = lane.thread() % kWarp;
  EventFragments<kSteps> events;
  events.load(pass, first, self, rows);
  look_at_tiles<kSteps>(lane, pass, fragments, half_norms, events, rows);
  const Candidate own = joined_over_lanes(lane, rows);

  int node = own.node;
  const float bound = proposal_bound(pass.bounds, kSteps, own.square, own.residue);
  const float slack = float_of(static_cast<std::uint32_t>(127 - 22 + key_bits(pass.tiles)) << 23U);
  unsigned unsure = lane.vote(lives && !surely_nearest(own.best, own.second, bound, slack));
  if (unsure != 0 && self == 0) {
    lane.add(pass.remeasured, static_cast<unsigned long long>(lanes_in(unsure)));
  }
  for (; unsure != 0; unsure &= unsure - 1U) {
    const int other = lowest_lane(unsure);
    const int measured = measured_nearest(lane, pass, first + static_cast<std::size_t>(other));
    if (self == other) node = measured;
  }
  return node;
}

/// Adds the warp's events to sums in global memory, a marker a lane, so that one event's sums are one run of
/// memory; the events of a crowded node are added up before. Called by the whole warp.
template <class Lane>
GATELESS_KERNEL_BODY void add_by_marker(const Lane& lane, const DevicePass& pass, std::size_t first,
                                        int node, bool lives) {
  const int self = lane.thread() % kWarp;
  const unsigned living = lane.vote(lives);
  const unsigned crowd = crowd_of(lane, node, lives);
  const int crowded = lane.from_lane(node, crowd != 0 ? lowest_lane(crowd) : 0);
  const GlobalSums sums{pass.sums, pass.counts, pass.markers};
  const bool in_crowd = (crowd >> static_cast<unsigned>(self) & 1U) != 0;
  if (lives && !in_crowd) sums.add_count(lane, node, 1U);
  if (crowd != 0 && self == 0) {
    sums.add_count(lane, crowded, static_cast<unsigned>(lanes_in(crowd)));
  }
  const auto markers = static_cast<std::size_t>(pass.markers);
  for (int base = 0; base < pass.markers; base += kWarp) {
    const auto marker = static_cast<std::size_t>(base + self);
    const bool has_marker = marker < markers;
    const float* const values = pass.events + (has_marker ? marker : 0) * pass.stride + first;
    std::int64_t crowd_sum = 0;
    for (int quad = 0; quad < kWarp && (living >> static_cast<unsigned>(quad)) != 0; quad += 4) {
      const Quad value = *reinterpret_cast<const Quad*>(values + quad);
      GATELESS_UNROLL
      for (int event = 0; event < 4; ++event) {
        const auto bit = static_cast<unsigned>(quad + event);
        const int owner = lane.from_lane(node, quad + event);
        if ((living >> bit & 1U) == 0) continue;
        const std::int64_t fixed = fixed_point(value.value[event]);
        if ((crowd >> bit & 1U) != 0) {
          crowd_sum += fixed;
        } else if (has_marker) {
          lane.add(pass.sums + static_cast<std::size_t>(owner) * markers + marker,
                   static_cast<unsigned long long>(fixed));
        }
      }
    }
    if (crowd != 0 && has_marker) {
      lane.add(pass.sums + static_cast<std::size_t>(crowded) * markers + marker,
               static_cast<unsigned long long>(crowd_sum));
    }
  }
}

/// Fragments and half norms into shared memory.
template <int kSteps, class Lane>
GATELESS_KERNEL_BODY void load_codebook(const Lane& lane, const DevicePass& pass,
                                        Fragment* fragments, float* half_norms) {
  for (int cell = lane.thread(); cell < pass.tiles * kSteps * kWarp; cell += lane.threads()) {
    fragments[cell] = pass.fragments[cell];
  }
  for (int node = lane.thread(); node < pass.tiles * kTileNodes; node += lane.threads()) {
    half_norms[node] = pass.half_norms[node];
  }
}

}  // namespace proposed

// Grid: one block for each processor; a block takes every blocks()-th run of one event a thread, a
// warp 32 consecutive events. Shared memory: ProposedPlan. Traffic: every event is read once from global memory
// and once more for its sums, from the cache; the codebook once per block.
template <int kVariant, class Lane>
GATELESS_KERNEL_BODY void proposed_pass(const Lane& lane, const DevicePass& pass,
                                        const ProposedPlan& plan) {
  constexpr int kSteps = kProposedVariants[kVariant].steps;
  constexpr int kThreads = kProposedVariants[kVariant].threads;
  char* const shared = static_cast<char*>(lane.shared());
  Fragment* const fragments = reinterpret_cast<Fragment*>(shared);
  float* const half_norms = reinterpret_cast<float*>(shared + plan.half_norms_offset);
  const SharedSums sums{reinterpret_cast<unsigned*>(shared + plan.sums_offset), pass.markers};
  proposed::load_codebook<kSteps>(lane, pass, fragments, half_norms);
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
    for (int marker = self; first + leap < pass.count && marker < pass.markers; marker += kWarp) {
      lane.prefetch(pass.events + static_cast<std::size_t>(marker) * pass.stride + first + leap);
    }
    const std::size_t event = first + static_cast<std::size_t>(self);
    const bool lives = event < pass.count;
    const int node =
        proposed::find_nearest<kSteps>(lane, pass, fragments, half_norms, first, lives);
    if (lives && pass.labels != nullptr) pass.labels[event] = static_cast<std::uint16_t>(node);
    if (pass.sums_in == SumsIn::kShared) {
      const float* const values = pass.events + (lives ? event : first);
      add_events<0, 0>(lane, sums, node, lives, [&](int marker) {
        return values[static_cast<std::size_t>(marker) * pass.stride];
      });
    } else if (pass.sums_in == SumsIn::kGlobal) {
      proposed::add_by_marker(lane, pass, first, node, lives);
    }
  }
  if (pass.sums_in == SumsIn::kShared) sums.flush(lane, pass);
}

}  // namespace gateless::cuda
