// Sums and counts of nodes: in a block's shared memory where they fit, else straight in global memory. A node that
// owns many events does not hold up the others: its lanes of a warp are added up before memory is touched.
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/node_chain.hpp"

namespace gateless::cuda {

/// 32-bit words of one node in shared memory: high halves, low halves, count. Odd, so that different nodes meet
/// different banks.
GATELESS_KERNEL_BODY int shared_row(int markers) { return 2 * markers + 1; }

/// A block's own sums, [nodes][shared_row] in shared memory.
struct SharedSums {
  unsigned* words;
  int markers;

  template <class Lane>
  GATELESS_KERNEL_BODY void add_count(const Lane& lane, int node, unsigned events) const {
    lane.add(words + node * shared_row(markers) + 2 * markers, events);
  }
  template <class Lane>
  GATELESS_KERNEL_BODY void add_value(const Lane& lane, int node, int marker,
                                      SplitValue value) const {
    unsigned* const cell = words + node * shared_row(markers) + marker;
    lane.add(cell, static_cast<unsigned>(value.high));
    lane.add(cell + markers, value.low);
  }

  template <class Lane>
  GATELESS_KERNEL_BODY void clear(const Lane& lane, int nodes) const {
    for (int word = lane.thread(); word < nodes * shared_row(markers); word += lane.threads()) {
      words[word] = 0;
    }
  }

  /// Moves the sums to global memory. Every thread of the block must call it.
  template <class Lane>
  GATELESS_KERNEL_BODY void flush(const Lane& lane, const DevicePass& pass) const {
    const int row = shared_row(markers);
    lane.wait_for_block();
    for (int cell = lane.thread(); cell < pass.nodes * markers; cell += lane.threads()) {
      const unsigned* const word = words + cell / markers * row + cell % markers;
      const std::int64_t sum = joined({static_cast<std::int32_t>(word[0]), word[markers]});
      if (sum != 0) lane.add(pass.sums + cell, static_cast<unsigned long long>(sum));
    }
    for (int node = lane.thread(); node < pass.nodes; node += lane.threads()) {
      const unsigned count = words[node * row + 2 * markers];
      if (count != 0) lane.add(pass.counts + node, static_cast<unsigned long long>(count));
    }
    lane.wait_for_block();
    clear(lane, pass.nodes);
    lane.wait_for_block();
  }
};

/// The sums of all blocks, in global memory.
struct GlobalSums {
  unsigned long long* sums;    // [nodes][markers]
  unsigned long long* counts;  // [nodes]
  int markers;

  template <class Lane>
  GATELESS_KERNEL_BODY void add_count(const Lane& lane, int node, unsigned events) const {
    lane.add(counts + node, static_cast<unsigned long long>(events));
  }
  template <class Lane>
  GATELESS_KERNEL_BODY void add_value(const Lane& lane, int node, int marker,
                                      SplitValue value) const {
    lane.add(sums + static_cast<std::size_t>(node) * static_cast<std::size_t>(markers) +
                 static_cast<std::size_t>(marker),
             static_cast<unsigned long long>(joined(value)));
  }
};

/// From how many lanes of a warp on, one node's values are added up in registers first: atomic additions to one
/// cell take a turn each, two sums over lanes about as long as five turns.
inline constexpr int kCrowdLanes = 6;

GATELESS_KERNEL_BODY int lowest_lane(unsigned lanes) {
#ifdef __CUDA_ARCH__
  return __ffs(static_cast<int>(lanes)) - 1;
#else
  return __builtin_ctz(lanes);
#endif
}
GATELESS_KERNEL_BODY int lanes_in(unsigned lanes) {
#ifdef __CUDA_ARCH__
  return __popc(lanes);
#else
  return __builtin_popcount(lanes);
#endif
}

/// The lanes that share the node most lanes have; 0 unless there are kCrowdLanes. Called by the whole warp;
/// `lives` is false for a lane without an event.
template <class Lane>
GATELESS_KERNEL_BODY unsigned crowd_of(const Lane& lane, int node, bool lives) {
  const unsigned peers = lane.peers(lives ? node : -1);
  const int most = lane.largest(lives ? lanes_in(peers) * 4096 + node : 0);
  return most / 4096 < kCrowdLanes ? 0U : lane.vote(lives && node == most % 4096);
}

/// Adds one event of each lane that lives to the sums of its node; value(marker) is x', asked for in the order of markers.
/// Called by the whole warp.
/// There are more than kFewer and at most kMarkers markers, or any number where kMarkers is 0.
template <int kFewer, int kMarkers, class Lane, class Sums, class Value>
GATELESS_KERNEL_BODY void add_events(const Lane& lane, const Sums& sums, int node, bool lives,
                                     const Value& value) {
  const unsigned crowd = crowd_of(lane, node, lives);
  const int self = lane.thread() % kWarp;
  const int markers = kMarkers > 0 ? kMarkers : sums.markers;
  if ((crowd >> static_cast<unsigned>(self) & 1U) != 0) {
    const bool leads = self == lowest_lane(crowd);
    if (leads) sums.add_count(lane, node, static_cast<unsigned>(lanes_in(crowd)));
    GATELESS_UNROLL
    for (int marker = 0; marker < markers; ++marker) {
      if (marker > kFewer && marker >= sums.markers) continue;
      SplitValue values = split(fixed_point(value(marker)));
      values.high = lane.sum_over(crowd, values.high);
      values.low = lane.sum_over(crowd, values.low);
      if (leads) sums.add_value(lane, node, marker, values);
    }
  } else if (lives) {
    sums.add_count(lane, node, 1U);
    GATELESS_UNROLL
    for (int marker = 0; marker < markers; ++marker) {
      if (marker > kFewer && marker >= sums.markers) continue;
      sums.add_value(lane, node, marker, split(fixed_point(value(marker))));
    }
  }
}

/// Adds the warp's events to sums in global memory, a marker a lane, so that one event's sums are one run of memory; the
/// events of a crowded node are added up before. The lane's events are first + kEvents * lane and what follows, `nodes`
/// theirs. Called by the whole warp.
template <int kEvents, class Lane>
GATELESS_KERNEL_BODY void add_by_marker(const Lane& lane, const DevicePass& pass, std::size_t first,
                                        const int (&nodes)[std::size_t{kEvents}],
                                        const bool (&lives)[std::size_t{kEvents}]) {
  const int self = lane.thread() % kWarp;
  const GlobalSums sums{pass.sums, pass.counts, pass.markers};
  unsigned living[std::size_t{kEvents}];
  unsigned crowd[std::size_t{kEvents}];
  int crowded[std::size_t{kEvents}];
  GATELESS_UNROLL
  for (int event = 0; event < kEvents; ++event) {
    living[event] = lane.vote(lives[event]);
    crowd[event] = crowd_of(lane, nodes[event], lives[event]);
    crowded[event] =
        lane.from_lane(nodes[event], crowd[event] != 0 ? lowest_lane(crowd[event]) : 0);
    const bool in_crowd = (crowd[event] >> static_cast<unsigned>(self) & 1U) != 0;
    if (lives[event] && !in_crowd) sums.add_count(lane, nodes[event], 1U);
    if (crowd[event] != 0 && self == 0) {
      sums.add_count(lane, crowded[event], static_cast<unsigned>(lanes_in(crowd[event])));
    }
  }
  const auto markers = static_cast<std::size_t>(pass.markers);
  constexpr int kQuadLanes = 4 / kEvents;  // that share a Quad
  for (int base = 0; base < pass.markers; base += kWarp) {
    const auto marker = static_cast<std::size_t>(base + self);
    const bool has_marker = marker < markers;
    const float* const values = pass.events + (has_marker ? marker : 0) * pass.stride + first;
    std::int64_t crowd_sum[std::size_t{kEvents}] = {};
    for (int owner = 0; owner < kWarp && (living[0] >> static_cast<unsigned>(owner)) != 0;
         owner += kQuadLanes) {
      const Quad value = *reinterpret_cast<const Quad*>(values + owner * kEvents);
      GATELESS_UNROLL
      for (int place = 0; place < 4; ++place) {
        const int event = place % kEvents;
        const auto bit = static_cast<unsigned>(owner + place / kEvents);
        const int node = lane.from_lane(nodes[event], owner + place / kEvents);
        if ((living[event] >> bit & 1U) == 0) continue;
        const std::int64_t fixed = fixed_point(value.value[place]);
        if ((crowd[event] >> bit & 1U) != 0) {
          crowd_sum[event] += fixed;
        } else if (has_marker) {
          lane.add(pass.sums + static_cast<std::size_t>(node) * markers + marker,
                   static_cast<unsigned long long>(fixed));
        }
      }
    }
    GATELESS_UNROLL
    for (int event = 0; event < kEvents; ++event) {
      if (crowd[event] != 0 && has_marker) {
        lane.add(pass.sums + static_cast<std::size_t>(crowded[event]) * markers + marker,
                 static_cast<unsigned long long>(crowd_sum[event]));
      }
    }
  }
}

}  // namespace gateless::cuda
