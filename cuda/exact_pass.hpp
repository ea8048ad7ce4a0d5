// The fused kernel in float32: distances, argmin and sums in one look at the events, or at those of a list.
#pragma once

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"
#include "cuda/node_chain.hpp"
#include "cuda/node_sums.hpp"

namespace gateless::cuda {

/// One compiled variant: events of fewer < markers <= most stay in registers over all nodes.
struct ExactVariant {
  int fewer;
  int most;    ///< 0: any number of markers; values are read again for every group of nodes
  int events;  ///< of a thread
  int quads;  ///< of nodes whose distances grow together: 16 chains a thread hide the latency of arithmetic
  int threads;  ///< of a block
  int blocks;   ///< a processor can hold; with threads, what registers are left for each thread
  bool listed;  ///< looks at listed events alone; variants with events in registers look at both
};

/// As many events a thread as its registers hold: each weight that is read serves them all. Markers up to `most`
/// are padded with zeros, which add nothing to a chain.
inline constexpr ExactVariant kExactVariants[] = {
    {0, 8, 4, 1, 256, 2, false},   {8, 12, 4, 1, 256, 2, false},  {12, 16, 4, 1, 256, 2, false},
    {16, 20, 4, 1, 384, 1, false}, {20, 24, 4, 1, 256, 1, false}, {24, 28, 4, 1, 256, 1, false},
    {28, 32, 4, 1, 256, 1, false}, {0, 0, 4, 4, 256, 2, false},   {0, 0, 2, 4, 256, 2, true}};
inline constexpr int kExactVariantCount = 9;

constexpr int exact_variant_for(int markers, bool listed) {
  for (int variant = 0; kExactVariants[variant].most > 0; ++variant) {
    if (markers <= kExactVariants[variant].most) return variant;
  }
  return listed ? kExactVariantCount - 1 : kExactVariantCount - 2;
}

/// How a block uses its shared memory: [shared_quads][1 + markers, padded] weights, then the sums.
struct ExactPlan {
  int shared_quads;  ///< quads of nodes held at a time, a multiple of the variant's quads
  int sums_offset;   ///< bytes from the start of shared memory
};

namespace exact {

/// Quads [first, first + quads) of the codebook into shared memory, markers padded with zeros, nodes with fillers.
template <class Lane>
GATELESS_KERNEL_BODY void load_quads(const Lane& lane, const DevicePass& pass, int rows, int first,
                                     int quads, Quad* held) {
  lane.wait_for_block();
  for (int cell = lane.thread(); cell < quads * rows; cell += lane.threads()) {
    const int quad = first + cell / rows;
    const int row = cell % rows;
    const float filler = row == 0 ? HUGE_VALF : 0.0F;
    Quad weight{{filler, filler, filler, filler}};
    if (quad < pass.quads && row <= pass.markers) {
      weight = pass.codebook[static_cast<std::size_t>(quad) *
                                 static_cast<std::size_t>(1 + pass.markers) +
                             static_cast<std::size_t>(row)];
    } else if (quad < pass.quads) {
      weight = Quad{};
    }
    held[cell] = weight;
  }
  lane.wait_for_block();
}

/// Where a thread's events lie.
template <int kEvents>
struct Places {
  std::size_t of[std::size_t{kEvents}];

  /// Events first, first + 1, ... of the pass or of its list; past the end the last one is repeated.
  GATELESS_KERNEL_BODY Places(const DevicePass& pass, std::size_t first, std::size_t count) {
    GATELESS_UNROLL
    for (int event = 0; event < kEvents; ++event) {
      const std::size_t at = first + static_cast<std::size_t>(event);
      of[event] = pass.list == nullptr ? at : pass.list[at < count ? at : count - 1];
    }
  }
};

/// A thread's events: in registers, all markers loaded once ...
template <int kMarkers, int kEvents, bool kListed>
struct EventsInHand {
  Values<kEvents> x[std::size_t{kMarkers}];

  GATELESS_KERNEL_BODY void load(const DevicePass& pass, const Places<kEvents>& places) {
    GATELESS_UNROLL
    for (int marker = 0; marker < kMarkers; ++marker) {
      x[marker] = Values<kEvents>{};
      if (marker >= pass.markers) continue;
      const float* const row = pass.events + static_cast<std::size_t>(marker) * pass.stride;
      if (pass.list == nullptr) {
        x[marker] = *reinterpret_cast<const Values<kEvents>*>(row + places.of[0]);
      } else {
        GATELESS_UNROLL
        for (int event = 0; event < kEvents; ++event) x[marker].of[event] = row[places.of[event]];
      }
    }
  }
  GATELESS_KERNEL_BODY Values<kEvents> operator()(int marker) const { return x[marker]; }
};

/// ... or read again from the cache, for any number of markers ...
template <int kEvents>
struct EventsInHand<0, kEvents, false> {
  const float* x;
  std::size_t stride;

  GATELESS_KERNEL_BODY void load(const DevicePass& pass, const Places<kEvents>& places) {
    x = pass.events + places.of[0];
    stride = pass.stride;
  }
  GATELESS_KERNEL_BODY Values<kEvents> operator()(int marker) const {
    return *reinterpret_cast<const Values<kEvents>*>(x + static_cast<std::size_t>(marker) * stride);
  }
};

/// ... wherever they lie.
template <int kEvents>
struct EventsInHand<0, kEvents, true> {
  const float* x[std::size_t{kEvents}];
  std::size_t stride;

  GATELESS_KERNEL_BODY void load(const DevicePass& pass, const Places<kEvents>& places) {
    for (int event = 0; event < kEvents; ++event) x[event] = pass.events + places.of[event];
    stride = pass.stride;
  }
  GATELESS_KERNEL_BODY Values<kEvents> operator()(int marker) const {
    Values<kEvents> values;
    GATELESS_UNROLL
    for (int event = 0; event < kEvents; ++event) {
      values.of[event] = x[event][static_cast<std::size_t>(marker) * stride];
    }
    return values;
  }
};

/// Nearest nodes of the thread's events over the whole codebook, which passes through shared memory.
template <int kVariant, class Lane, class Nearest, class Events>
GATELESS_KERNEL_BODY void find_nearest(const Lane& lane, const DevicePass& pass, int shared_quads,
                                       Quad* held, const Events& events, Nearest& nearest) {
  constexpr ExactVariant kThis = kExactVariants[kVariant];
  constexpr int kTogether = kThis.quads;
  const int markers = kThis.most > 0 ? kThis.most : pass.markers;
  const int rows = 1 + markers;
  for (int first = 0; first < pass.quads; first += shared_quads) {
    if (shared_quads < pass.quads) load_quads(lane, pass, rows, first, shared_quads, held);
    const int left = pass.quads - first;
    const int quads = left < shared_quads ? left : shared_quads;
    for (int quad = 0; quad < quads; quad += kTogether) {
      nearest.template look_at<kTogether>(held + quad * rows, rows, (first + quad) * kQuadNodes,
                                          kThis.most > 0 ? kThis.most : markers, events);
    }
  }
}

}  // namespace exact

// Grid: as many blocks as the device holds at once; a block takes every blocks()-th run of events.
// Shared memory: ExactPlan. Traffic: every event is read once from global memory (a listed one by sectors of 32 bytes),
// the codebook once per block where it fits, else once per run, from the second-level cache.
template <int kVariant, class Lane>
GATELESS_KERNEL_BODY void exact_pass(const Lane& lane, const DevicePass& pass,
                                     const ExactPlan& plan) {
  constexpr ExactVariant kThis = kExactVariants[kVariant];
  constexpr int kEvents = kThis.events;
  constexpr std::size_t kRun = static_cast<std::size_t>(kThis.threads * kEvents);
  char* const shared = static_cast<char*>(lane.shared());
  Quad* const held = reinterpret_cast<Quad*>(shared);
  const SharedSums block_sums{reinterpret_cast<unsigned*>(shared + plan.sums_offset), pass.markers};
  const GlobalSums all_sums{pass.sums, pass.counts, pass.markers};
  const std::size_t count = pass.list == nullptr ? pass.count : std::size_t{*pass.listed};
  if (pass.list != nullptr && lane.block() == 0 && lane.thread() == 0) {
    lane.add(pass.remeasured, static_cast<unsigned long long>(count));
  }
  if (pass.sums_in == SumsIn::kShared) block_sums.clear(lane, pass.nodes);
  const int rows = 1 + (kThis.most > 0 ? kThis.most : pass.markers);
  if (plan.shared_quads >= pass.quads) {
    exact::load_quads(lane, pass, rows, 0, plan.shared_quads, held);
  } else {
    lane.wait_for_block();  // for the cleared sums
  }

  int unflushed = 0;
  for (std::size_t run = std::size_t{lane.block()} * kRun; run < count;
       run += std::size_t{lane.blocks()} * kRun) {
    const std::size_t wanted = run + static_cast<std::size_t>(lane.thread()) * kEvents;
    // Threads past the end go along with the last events of the pass; their results are dropped.
    const std::size_t first = wanted < count ? wanted : (count - 1) / kEvents * kEvents;
    const exact::Places<kEvents> places(pass, first, count);
    exact::EventsInHand<kThis.most, kEvents, kThis.listed> events;
    events.load(pass, places);
    NearestNodes<kEvents> nearest;
    exact::find_nearest<kVariant>(lane, pass, plan.shared_quads, held, events, nearest);

    if (pass.sums_in == SumsIn::kShared && unflushed + static_cast<int>(kRun) > kSplitEvents) {
      block_sums.flush(lane, pass);
      unflushed = 0;
    }
    unflushed += static_cast<int>(kRun);
    bool lives[std::size_t{kEvents}];
    GATELESS_UNROLL
    for (int event = 0; event < kEvents; ++event) {
      lives[event] = wanted + static_cast<std::size_t>(event) < count;
      if (!lives[event] || pass.labels == nullptr) continue;
      pass.labels[places.of[event]] = static_cast<std::uint16_t>(nearest.node[event]);
    }
    if (kThis.most == 0 && !kThis.listed && pass.sums_in == SumsIn::kGlobal) {
      const auto warp = static_cast<std::size_t>(lane.thread() / kWarp * kWarp);
      add_by_marker<kEvents>(lane, pass, run + warp * kEvents, nearest.node, lives);
      continue;
    }
    GATELESS_UNROLL
    for (int event = 0; event < kEvents; ++event) {
      const auto value = [&](int marker) { return events(marker).of[event]; };
      if (pass.sums_in == SumsIn::kShared) {
        add_events<kThis.fewer, kThis.most>(lane, block_sums, nearest.node[event], lives[event],
                                            value);
      } else if (pass.sums_in == SumsIn::kGlobal) {
        add_events<kThis.fewer, kThis.most>(lane, all_sums, nearest.node[event], lives[event],
                                            value);
      }
    }
  }
  if (pass.sums_in == SumsIn::kShared) block_sums.flush(lane, pass);
}

}  // namespace gateless::cuda
