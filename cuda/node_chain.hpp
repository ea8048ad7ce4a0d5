// The chain of ResidentEvents (host/compute/backend.hpp) for several events and nodes at once, and the fixed point.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "cuda/device_pass.hpp"
#include "cuda/lane.hpp"

namespace gateless::cuda {

/// Values of a thread's events that travel in one load.
template <int kEvents>
struct alignas(4 * kEvents) Values {
  float of[std::size_t{kEvents}];
};

/// The nearest node so far of each of a thread's events.
template <int kEvents>
struct NearestNodes {
  float least[std::size_t{kEvents}];
  int node[std::size_t{kEvents}];

  GATELESS_KERNEL_BODY NearestNodes() {
    for (int event = 0; event < kEvents; ++event) {
      least[event] = HUGE_VALF;
      node[event] = 0;
    }
  }

  /// Looks at nodes [first_node, first_node + kQuads * kQuadNodes), in order of rising index over all calls.
  /// `quads` is [kQuads][rows], half norms first, and holds `markers` weights of each node;
  /// value(marker) is x' of each event.
  template <int kQuads, class Value>
  GATELESS_KERNEL_BODY void look_at(const Quad* quads, int rows, int first_node, int markers,
                                    const Value& value) {
    float distance[std::size_t{kQuads}][kQuadNodes][std::size_t{kEvents}];
    GATELESS_UNROLL
    for (int quad = 0; quad < kQuads; ++quad) {
      const Quad half_norm = quads[quad * rows];
      GATELESS_UNROLL
      for (int lane = 0; lane < kQuadNodes; ++lane) {
        GATELESS_UNROLL
        for (int event = 0; event < kEvents; ++event) {
          distance[quad][lane][event] = half_norm.value[lane];
        }
      }
    }
    GATELESS_UNROLL
    for (int marker = 0; marker < markers; ++marker) {
      const Values<kEvents> x = value(marker);
      GATELESS_UNROLL
      for (int quad = 0; quad < kQuads; ++quad) {
        const Quad weight = quads[quad * rows + 1 + marker];
        GATELESS_UNROLL
        for (int lane = 0; lane < kQuadNodes; ++lane) {
          GATELESS_UNROLL
          for (int event = 0; event < kEvents; ++event) {
            float& chain = distance[quad][lane][event];
            chain = fmaf(-x.of[event], weight.value[lane], chain);
          }
        }
      }
    }
    GATELESS_UNROLL
    for (int quad = 0; quad < kQuads; ++quad) {
      GATELESS_UNROLL
      for (int lane = 0; lane < kQuadNodes; ++lane) {
        GATELESS_UNROLL
        for (int event = 0; event < kEvents; ++event) {
          if (distance[quad][lane][event] < least[event]) {
            least[event] = distance[quad][lane][event];
            node[event] = first_node + quad * kQuadNodes + lane;
          }
        }
      }
    }
  }
};

inline constexpr float kQuanta = 16777216.0F;  ///< 2^kFractionBits

/// rint(x' * 2^kFractionBits); exact, and in the range of 32 bits because |x'| <= kScaledLimit.
GATELESS_KERNEL_BODY std::int32_t fixed_point(float scaled) {
  return static_cast<std::int32_t>(rintf(scaled * kQuanta));
}

/// A 32-bit value as high * 2^16 + low, 0 <= low < 2^16. Shared memory adds 32-bit numbers natively but not
/// 64-bit ones; neither half overflows 32 bits before kSplitEvents values are added, for |x'| <= kScaledLimit.
struct SplitValue {
  std::int32_t high;
  std::uint32_t low;
};
inline constexpr int kSplitEvents = 65535;

GATELESS_KERNEL_BODY SplitValue split(std::int32_t value) {
  return {value >> 16, static_cast<std::uint32_t>(value) & 0xFFFFU};
}
GATELESS_KERNEL_BODY std::int64_t joined(SplitValue sum) {
  return std::int64_t{sum.high} * 65536 + std::int64_t{sum.low};
}

}  // namespace gateless::cuda
