// What one GPU thread computes, free of anything that only a GPU has: the tests run the same lines on the host.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "host/core/portable_math.hpp"  // GATELESS_HOST_DEVICE

namespace gateless::cuda {

inline constexpr int kGroupNodes = 16;     ///< nodes whose distances grow together in registers
inline constexpr int kThreadEvents = 2;    ///< events of a thread
inline constexpr int kBlockThreads = 256;  ///< so that a block looks at 512 events at once
inline constexpr int kBlockEvents = kThreadEvents * kBlockThreads;

/// Four weights that travel in one load.
struct alignas(16) Quad {
  float value[4];
};

/// The nearest node so far of each of a thread's events.
struct NearestNodes {
  float least[kThreadEvents];
  int node[kThreadEvents];

  GATELESS_HOST_DEVICE void start(float infinity) {
    for (int event = 0; event < kThreadEvents; ++event) {
      least[event] = infinity;
      node[event] = 0;
    }
  }

  /// Looks at one group of nodes, in order of rising index over all calls.
  /// `group` is [1 + markers][kGroupNodes], half norms first; `events` is [markers][stride], scaled; `at` are
  /// the thread's events.
  GATELESS_HOST_DEVICE void look_at(const Quad* group, int first_node, const float* events,
                                    std::size_t stride, int markers,
                                    const std::size_t (&at)[kThreadEvents]) {
    constexpr int kQuads = kGroupNodes / 4;
    float distance[kGroupNodes][kThreadEvents];
    for (int quad = 0; quad < kQuads; ++quad) {
      const Quad half_norm = group[quad];
      for (int lane = 0; lane < 4; ++lane) {
        for (int event = 0; event < kThreadEvents; ++event) {
          distance[4 * quad + lane][event] = half_norm.value[lane];
        }
      }
    }
    for (int marker = 0; marker < markers; ++marker, events += stride) {
      group += kQuads;
      float value[kThreadEvents];
      for (int event = 0; event < kThreadEvents; ++event) value[event] = -events[at[event]];
      for (int quad = 0; quad < kQuads; ++quad) {
        const Quad weight = group[quad];
        for (int lane = 0; lane < 4; ++lane) {
          for (int event = 0; event < kThreadEvents; ++event) {
            float& chain = distance[4 * quad + lane][event];
            chain = fmaf(value[event], weight.value[lane], chain);
          }
        }
      }
    }
    for (int member = 0; member < kGroupNodes; ++member) {
      for (int event = 0; event < kThreadEvents; ++event) {
        if (distance[member][event] < least[event]) {
          least[event] = distance[member][event];
          node[event] = first_node + member;
        }
      }
    }
  }
};

inline constexpr float kQuanta = 16777216.0F;  ///< 2^kFractionBits

/// rint(x' * 2^kFractionBits); exact, and in the range of 32 bits because |x'| <= kScaledLimit.
GATELESS_HOST_DEVICE inline std::int32_t fixed_point(float scaled) {
  return static_cast<std::int32_t>(rintf(scaled * kQuanta));
}

/// A 32-bit value as high * 2^16 + low, 0 <= low < 2^16. Shared memory adds 32-bit numbers natively but not
/// 64-bit ones; neither half overflows 32 bits before kSplitEvents values are added, for |x'| <= kScaledLimit.
struct SplitValue {
  std::int32_t high;
  std::uint32_t low;
};
inline constexpr int kSplitEvents = 65535;

GATELESS_HOST_DEVICE inline SplitValue split(std::int32_t value) {
  return {value >> 16, static_cast<std::uint32_t>(value) & 0xFFFFU};
}
GATELESS_HOST_DEVICE inline std::int64_t joined(SplitValue sum) {
  return std::int64_t{sum.high} * 65536 + std::int64_t{sum.low};
}

}  // namespace gateless::cuda
