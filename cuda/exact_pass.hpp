// The fused kernel in float32: distances, argmin and sums in one look at the events.
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
};

/// As many events a thread as its registers hold: each weight that is read serves them all. Markers up to `most`
/// are padded with zeros, which add nothing to a chain.
inline constexpr ExactVariant kExactVariants[] = {
    {0, 8, 4, 1, 256, 2},   {8, 12, 4, 1, 256, 2},  {12, 16, 4, 1, 256, 2}, {16, 20, 4, 1, 384, 1},
    {20, 24, 4, 1, 256, 1}, {24, 28, 4, 1, 256, 1}, {28, 32, 4, 1, 256, 1}, {0, 0, 2, 4, 256, 2}};
inline constexpr int kExactVariantCount = 8;

constexpr int exact_variant_for(int markers) {
  for (int variant = 0; variant + 1 < kExactVariantCount; ++variant) {
    if (markers <= kExactVariants[variant].most) return variant;
  }
  return kExactVariantCount - 1;
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

/// Consecutive values that travel in one load.
template <int kEvents>
struct alignas(4 * kEvents) Values {
  float of[std::size_t{kEvents}];
};

/// A thread's events: in registers, all markers loaded once ...
template <int kMarkers, int kEvents>
struct EventsInHand {
  Values<kEvents> x[std::size_t{kMarkers}];

  GATELESS_KERNEL_BODY void load(const DevicePass& pass, std::size_t first) {
    GATELESS_UNROLL
    for (int marker = 0; marker < kMarkers; ++marker) {
      x[marker] = Values<kEvents>{};
      if (marker < pass.markers) {
        x[marker] = *reinterpret_cast<const Values<kEvents>*>(
            pass.events + static_cast<std::size_t>(marker) * pass.stride + first);
      }
    }
  }
  GATELESS_KERNEL_BODY float operator()(int marker, int event) const { return x[marker].of[event]; }
};

/// ... or read again from the cache, for any number of markers.
template <int kEvents>
struct EventsInHand<0, kEvents> {
  const float* x;
  std::size_t stride;

  GATELESS_KERNEL_BODY void load(const DevicePass& pass, std::size_t first) {
    x = pass.events + first;
    stride = pass.stride;
  }
  GATELESS_KERNEL_BODY float operator()(int marker, int event) const {
    return x[static_cast<std::size_t>(marker) * stride + static_cast<std::size_t>(event)];
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
// Shared memory: ExactPlan. Traffic: every event is read once from global memory, the codebook once per block where
// it fits, else once per run, from the second-level cache.
template <int kVariant, class Lane>
GATELESS_KERNEL_BODY void exact_pass(const Lane& lane, const DevicePass& pass,
                                     const ExactPlan& plan) {
  constexpr ExactVariant kThis = kExactVariants[kVariant];
  constexpr std::size_t kRun = static_cast<std::size_t>(kThis.threads * kThis.events);
  char* const shared = static_cast<char*>(lane.shared());
  Quad* const held = reinterpret_cast<Quad*>(shared);
  const SharedSums block_sums{reinterpret_cast<unsigned*>(shared + plan.sums_offset), pass.markers};
  const GlobalSums all_sums{pass.sums, pass.counts, pass.markers};
  if (pass.sums_in == SumsIn::kShared) block_sums.clear(lane, pass.nodes);
  const int rows = 1 + (kThis.most > 0 ? kThis.most : pass.markers);
  if (plan.shared_quads >= pass.quads) {
    exact::load_quads(lane, pass, rows, 0, plan.shared_quads, held);
  } else {
    lane.wait_for_block();  // for the cleared sums
  }

  int unflushed = 0;
  for (std::size_t run = std::size_t{lane.block()} * kRun; run < pass.count;
       run += std::size_t{lane.blocks()} * kRun) {
    const std::size_t wanted = run + static_cast<std::size_t>(lane.thread()) * kThis.events;
    // Threads past the end go along with the last events of the pass; their results are dropped.
    const std::size_t first =
        wanted < pass.count ? wanted : (pass.count - 1) / kThis.events * kThis.events;
    exact::EventsInHand<kThis.most, kThis.events> events;
    events.load(pass, first);
    NearestNodes<kThis.events> nearest;
    exact::find_nearest<kVariant>(lane, pass, plan.shared_quads, held, events, nearest);

    if (pass.sums_in == SumsIn::kShared && unflushed + static_cast<int>(kRun) > kSplitEvents) {
      block_sums.flush(lane, pass);
      unflushed = 0;
    }
    unflushed += static_cast<int>(kRun);
    GATELESS_UNROLL
    for (int event = 0; event < kThis.events; ++event) {
      const std::size_t at = wanted + static_cast<std::size_t>(event);
      const bool lives = at < pass.count;
      const int node = nearest.node[event];
      if (lives && pass.labels != nullptr) pass.labels[at] = static_cast<std::uint16_t>(node);
      const auto value = [&](int marker) { return events(marker, event); };
      if (pass.sums_in == SumsIn::kShared) {
        add_events<kThis.fewer, kThis.most>(lane, block_sums, node, lives, value);
      } else if (pass.sums_in == SumsIn::kGlobal) {
        add_events<kThis.fewer, kThis.most>(lane, all_sums, node, lives, value);
      }
    }
  }
  if (pass.sums_in == SumsIn::kShared) block_sums.flush(lane, pass);
}

}  // namespace gateless::cuda
