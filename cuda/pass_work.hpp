// A codebook on a device, the plan of its pass, and where the results go and come from; memory is kept over passes.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "cuda/device.hpp"

namespace gateless::cuda {

enum class SumsWanted { kNo, kYes, kInGlobalMemory /* even where a block has room; to measure */ };

struct PassResult {
  NodeSums sums;
  Total remeasured;  ///< events whose proposal was too near a tie
};

/// Zeroed sums on the device. Errors: OutOfDeviceMemory.
[[nodiscard]] DeviceBuffer<Total> zeroed(Device& device, Queue& queue, std::size_t size);
[[nodiscard]] std::vector<Total> fetched(Queue& queue, const DeviceBuffer<Total>& totals);

class PassWork {
 public:
  /// Tiles that may be in work at a time, each on a queue of its own.
  static constexpr std::size_t kTurns = 2;

  /// Brings a codebook to the device and clears the sums; the next tiles belong to its pass. `turns` tiles of at most
  /// `tile_events` events will be in work at a time. No tile may be in work. Errors: OutOfDeviceMemory.
  void prepare(Device& device, Queue& queue, const Matrix<float>& codebook, SumsWanted wanted,
               NearestBy nearest_by, std::size_t tile_events, std::size_t turns);

  /// Starts the pass on a tile; the queue is that of this turn. `labels` is of the device, null where not wanted.
  void start(Queue& queue, std::size_t turn, const DeviceEvents& tile, NodeIndex* labels) const;

  /// Waits for the queue; other queues that worked on the pass must be done.
  [[nodiscard]] PassResult result(Queue& queue);

  [[nodiscard]] const PassPlan& plan() const { return plan_; }

 private:
  /// Where a tile's unsure events are kept until the chain has looked at them.
  struct OpenEvents {
    DeviceBuffer<std::uint32_t> bits;  ///< [tile events / 32]
    DeviceBuffer<std::uint32_t> list;
    DeviceBuffer<std::uint32_t> listed;  ///< one cell
    DeviceBuffer<std::byte> scratch;     ///< of the selection
  };
  void make_room(Device& device, const PackedCodebook& values, std::size_t tile_events,
                 std::size_t turns);
  void send(Queue& queue, const PackedCodebook& values);

  PassPlan plan_;
  PassPlan chain_;     ///< of events that a proposal leaves open
  DevicePass pass_{};  ///< without events and labels
  DeviceBuffer<std::byte> codebook_;
  PinnedBuffer<std::byte> sent_;  ///< the codebook on its way
  DeviceBuffer<Total> totals_;    ///< [nodes][markers] sums, [nodes] counts, events remeasured
  PinnedBuffer<Total> arrived_;   ///< the totals on their way
  std::array<OpenEvents, kTurns> open_;
};

}  // namespace gateless::cuda
