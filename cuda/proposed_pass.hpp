// The fused kernel on tensor cores: nearest nodes are proposed from float16 operands, what proposal.hpp cannot tell
// apart is measured again with the chain, and the sums are exact. The same bytes as exact_pass.hpp.
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/node_sums.hpp"
#include "cuda/proposal.hpp"

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
