// The sums of host/compute/event_sums.hpp as a GPU makes them. Bodies are templates over a Lane (lane.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/compute/event_sums.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {

using Total = unsigned long long;  ///< two's complement; what the device adds atomically

inline constexpr int kSumThreads = 256;
/// Events that one block adds up before it goes to global memory: few enough for the 32-bit sums of SquareCells.
inline constexpr std::size_t kRunEvents = 32768;

/// A matrix of events on the device; pointers are of the device here and below.
struct DeviceEvents {
  const float* values;  ///< [markers][stride], scaled
  std::size_t stride;
  std::size_t count;
  int markers;
};

GATELESS_HOST_DEVICE inline std::size_t runs_of(const DeviceEvents& events) {
  return (events.count + kRunEvents - 1) / kRunEvents;
}
GATELESS_HOST_DEVICE inline std::size_t run_end(const DeviceEvents& events, std::size_t run) {
  const std::size_t end = (run + 1) * kRunEvents;
  return end < events.count ? end : events.count;
}

// ---- products of all pairs of markers

inline constexpr int kPairSide = 32;    ///< a block multiplies 32 markers by 32
inline constexpr int kPairEvents = 64;  ///< events in shared memory at a time
inline constexpr int kPairGroups = 4;   ///< groups of threads; each takes every fourth event
inline constexpr int kThreadSide = 4;   ///< a thread has 4 x 4 pairs
inline constexpr int kGroupSide = kPairSide / kThreadSide;
inline constexpr int kPairRow = kPairEvents + 1;  ///< odd: rows of one event lie in different banks
inline constexpr std::size_t kPairSharedBytes = std::size_t{2} * kPairSide * kPairRow * 4;
static_assert(kPairGroups * kGroupSide * kGroupSide == kSumThreads);

struct DeviceProducts {
  DeviceEvents events;
  /// [markers + 1][markers + 1], upper triangle, added to. The last marker is 1 in every event, so that the last
  /// column holds the sums.
  Total* cells;
};

GATELESS_HOST_DEVICE inline int pair_squares(const DeviceProducts& job) {
  const int sides = (job.events.markers + kPairSide) / kPairSide;
  return sides * (sides + 1) / 2;
}

/// The first markers of a square's rows and columns; squares are numbered along the rows of their triangle.
struct PairSquare {
  int row;
  int column;

  GATELESS_HOST_DEVICE PairSquare(const DeviceProducts& job, int square) : row(0), column(square) {
    for (int sides = (job.events.markers + kPairSide) / kPairSide; column >= sides; --sides) {
      column -= sides;
      ++row;
    }
    column = (row + column) * kPairSide;
    row *= kPairSide;
  }
};

/// The host's form of DeviceProducts::cells.
inline MarkerProducts marker_products(const std::vector<Total>& cells, std::size_t markers) {
  MarkerProducts result(markers);
  for (std::size_t a = 0; a < markers; ++a) {
    const Total* row = cells.data() + a * (markers + 1);
    result.sums[a] = static_cast<std::int64_t>(row[markers]);
    for (std::size_t b = a; b < markers; ++b) {
      result.products(a, b) = static_cast<std::int64_t>(row[b]);
    }
  }
  return result;
}

/// Markers [first, first + kPairSide) of kPairEvents events from `event` on, in units; zeros past the ends.
template <class Lane>
GATELESS_HOST_DEVICE inline void load_units(const Lane& lane, const DeviceEvents& events, int first,
                                            std::size_t event, std::size_t end,
                                            std::int32_t* units) {
  for (int cell = lane.thread(); cell < kPairSide * kPairEvents; cell += lane.threads()) {
    const int marker = first + cell / kPairEvents;
    const std::size_t at = event + static_cast<std::size_t>(cell % kPairEvents);
    std::int32_t unit = 0;
    if (at < end && marker < events.markers) {
      unit = units_of(events.values[static_cast<std::size_t>(marker) * events.stride + at]);
    } else if (at < end && marker == events.markers) {
      unit = 1;
    }
    units[cell / kPairEvents * kPairRow + cell % kPairEvents] = unit;
  }
}

// Grid: any number of blocks of kSumThreads; a block takes every blocks()-th piece of work: a run of events and a
// square of 32 x 32 pairs. Shared memory: kPairSharedBytes. Traffic: an event is read once per square of pairs it is in.
template <class Lane>
GATELESS_HOST_DEVICE void add_products(const Lane& lane, const DeviceProducts& job) {
  auto* const left = static_cast<std::int32_t*>(lane.shared());
  std::int32_t* const right = left + kPairSide * kPairRow;
  const int row = lane.thread() / kGroupSide % kGroupSide;
  const int column = lane.thread() % kGroupSide;
  const int group = lane.thread() / (kGroupSide * kGroupSide);
  const auto squares = static_cast<std::size_t>(pair_squares(job));
  for (std::size_t work = lane.block(); work < runs_of(job.events) * squares;
       work += lane.blocks()) {
    const PairSquare square(job, static_cast<int>(work % squares));
    const std::size_t run = work / squares;
    const std::size_t end = run_end(job.events, run);

    std::int64_t sum[kThreadSide][kThreadSide] = {};
    for (std::size_t event = run * kRunEvents; event < end; event += kPairEvents) {
      lane.wait_for_block();  // the units before are no longer read
      load_units(lane, job.events, square.row, event, end, left);
      load_units(lane, job.events, square.column, event, end, right);
      lane.wait_for_block();
      for (int at = group; at < kPairEvents; at += kPairGroups) {
        for (int a = 0; a < kThreadSide; ++a) {
          const std::int64_t unit = left[(row + a * kGroupSide) * kPairRow + at];
          for (int b = 0; b < kThreadSide; ++b) {
            sum[a][b] += unit * right[(column + b * kGroupSide) * kPairRow + at];
          }
        }
      }
    }
    for (int a = 0; a < kThreadSide; ++a) {
      for (int b = 0; b < kThreadSide; ++b) {
        const int one = square.row + row + a * kGroupSide;
        const int other = square.column + column + b * kGroupSide;
        if (one > other || other > job.events.markers) continue;
        lane.add(job.cells + one * (job.events.markers + 1) + other, static_cast<Total>(sum[a][b]));
      }
    }
  }
}

// ---- squares of the events of each node

struct DeviceSquares {
  DeviceEvents events;
  int nodes;
  const std::uint16_t* labels;  ///< [events], the node of each
  Total* sums;                  ///< [markers][nodes], added to
  Total* squares;               ///< [markers][nodes], added to
};

inline constexpr std::size_t kSquareSharedBytes =
    48U << 10U;  ///< what every device gives without being asked
inline constexpr std::size_t kSquareCellBytes = 12;

/// Markers whose cells of all nodes fit in shared memory together; at least one for 4,096 nodes.
GATELESS_HOST_DEVICE inline int markers_together(int nodes) {
  const auto bytes = static_cast<std::size_t>(nodes) * kSquareCellBytes;
  return static_cast<int>(kSquareSharedBytes / bytes);
}

/// A block's sums of one run in shared memory, [markers together][nodes] each. |unit| <= 2^14, so over 2^15 events a sum
/// stays below 2^29, and the halves of squares (<= 2^28) below 2^12 and 2^16 each, 2^31 in all.
struct SquareCells {
  std::uint32_t* sum;   ///< two's complement
  std::uint32_t* high;  ///< of the square, in 2^16
  std::uint32_t* low;
};

// Grid: any number of blocks of kSumThreads; a block takes every blocks()-th piece of work: a run of events and a group of
// markers. Shared memory: kSquareSharedBytes. Traffic: values are read once, labels once per group of markers.
template <class Lane>
GATELESS_HOST_DEVICE void add_squares(const Lane& lane, const DeviceSquares& job) {
  const int together = markers_together(job.nodes);
  const auto groups = static_cast<std::size_t>((job.events.markers + together - 1) / together);
  auto* const words = static_cast<std::uint32_t*>(lane.shared());
  for (std::size_t work = lane.block(); work < runs_of(job.events) * groups;
       work += lane.blocks()) {
    const int first = static_cast<int>(work % groups) * together;
    const int markers =
        first + together < job.events.markers ? together : job.events.markers - first;
    const int cells = markers * job.nodes;
    const SquareCells block{words, words + cells, words + 2 * cells};
    lane.wait_for_block();  // the cells before are in global memory
    for (int word = lane.thread(); word < 3 * cells; word += lane.threads()) words[word] = 0;
    lane.wait_for_block();

    const std::size_t run = work / groups;
    const std::size_t end = run_end(job.events, run);
    for (std::size_t event = run * kRunEvents + static_cast<std::size_t>(lane.thread());
         event < end; event += static_cast<std::size_t>(lane.threads())) {
      const int node = job.labels[event];
      for (int marker = 0; marker < markers; ++marker) {
        const std::int32_t unit = units_of(
            job.events
                .values[static_cast<std::size_t>(first + marker) * job.events.stride + event]);
        const auto square = static_cast<std::uint32_t>(unit * unit);
        const int cell = marker * job.nodes + node;
        lane.add(block.sum + cell, static_cast<std::uint32_t>(unit));
        lane.add(block.high + cell, square >> 16U);
        lane.add(block.low + cell, square & 0xFFFFU);
      }
    }
    lane.wait_for_block();
    for (int cell = lane.thread(); cell < cells; cell += lane.threads()) {
      const std::int64_t sum = static_cast<std::int32_t>(block.sum[cell]);
      const Total square = (Total{block.high[cell]} << 16U) + block.low[cell];
      const int total = first * job.nodes + cell;
      if (sum != 0) lane.add(job.sums + total, static_cast<Total>(sum));
      if (square != 0) lane.add(job.squares + total, square);
    }
  }
}

}  // namespace gateless::cuda
