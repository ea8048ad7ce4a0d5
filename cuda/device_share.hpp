// The events of one device: resident where they fit, else streamed in tiles over two pinned buffers, so that
// scaling, copying and computing overlap. Where memory ends, less of it is used; the caller sees no difference.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cuda/pass_work.hpp"
#include "host/compute/backend.hpp"
#include "host/compute/value_ranges.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {

class DeviceShare {
 public:
  /// `events` are this device's part; they stay valid as long as this. `options.threads` scale them on the host;
  /// options.warn is told when memory ends. Without a scaling the values are loaded as they are, and ranges() and then
  /// scale() must follow; `keys` [events] must be there until ranges() has returned.
  DeviceShare(std::unique_ptr<Device> device, EventView events, std::optional<Scaling> scaling,
              BackendOptions options, std::span<std::uint64_t> keys = {});

  /// The ranges of the markers; the keys of the events are there on return.
  [[nodiscard]] std::vector<ValueRange> ranges();
  void scale(const Scaling& scaling);

  /// As ResidentEvents, for this device's part; all work is done on return.
  [[nodiscard]] NodeSums pass(const Matrix<float>& codebook);
  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes);
  [[nodiscard]] NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                                std::span<NodeIndex> nodes);
  [[nodiscard]] MarkerProducts products();
  /// As ResidentEvents; `nodes` are those of this device's part. Nothing where events are streamed or memory does not suffice.
  [[nodiscard]] std::optional<std::vector<std::size_t>> far_events(
      const FarQuestion& question, std::span<const NodeIndex> nodes);

 private:
  /// One of two places where a tile is in work. The queue comes last, so that it is waited for first.
  struct Slot {
    PinnedBuffer<float> staged;        ///< [markers][tile_events]
    DeviceBuffer<float> events;        ///< [markers][tile_events], only where events are streamed
    DeviceBuffer<NodeIndex> labels;    ///< [tile_events]
    PinnedBuffer<NodeIndex> arriving;  ///< [tile_events], labels on their way home
    std::size_t first = 0;             ///< the events whose labels arrive
    std::size_t count = 0;
    std::unique_ptr<Queue> queue;
  };
  /// Where the keys of a tile are made, and where they arrive.
  struct TileKeys {
    DeviceBuffer<std::uint64_t> keys;      ///< [tile_events]
    PinnedBuffer<std::uint64_t> arriving;  ///< the same
    std::span<std::uint64_t> wanted;       ///< of the tile whose keys arrive
    void deliver();
  };
  /// Where a step fails, waits for the other tile before the memory goes that both use.
  struct AtRest {
    std::array<Slot, PassWork::kTurns>& slots;
    ~AtRest();
  };
  [[nodiscard]] bool fits() const;
  void occupy();
  void give_way(const std::string& reason);
  void load_resident();
  [[nodiscard]] std::vector<std::size_t> listed_far(const FarQuestion& question,
                                                    std::span<const NodeIndex> nodes);
  void start_keys(Slot& slot, TileKeys& keys, std::size_t first, std::size_t count) const;
  void stage(Slot& slot, std::size_t first, std::size_t count);
  [[nodiscard]] Queue& queue() const { return *slots_.front().queue; }
  [[nodiscard]] bool is_whole(std::span<const NodeIndex> nodes) const;
  void prepare(const Matrix<float>& codebook, SumsWanted wanted, std::span<const NodeIndex> nodes);
  template <class Start>
  void run(std::span<NodeIndex> nodes, const Start& start);
  void deliver(Slot& slot, std::span<NodeIndex> nodes) const;
  void heed(Total remeasured);
  template <class Task>
  auto with_memory(const Task& task);

  std::unique_ptr<Device> device_;
  EventView events_;
  std::optional<Scaling> scaling_;  ///< not yet known: values are raw
  std::span<std::uint64_t> keys_;
  BackendOptions options_;
  bool stays_ = false;       ///< events are resident
  std::size_t tile_events_;  ///< whole lines
  std::size_t stride_ = 0;   ///< of the resident events
  NearestBy nearest_by_;
  DeviceBuffer<float> resident_;  ///< [markers][stride]; empty where events are streamed
  PassWork work_;
  std::array<Slot, PassWork::kTurns> slots_;
};

/// task() again and again, with less memory each time, until memory suffices.
template <class Task>
auto DeviceShare::with_memory(const Task& task) {
  device_->use();
  for (;;) {
    try {
      return task();
    } catch (const OutOfDeviceMemory& error) {
      give_way(error.what());
    }
  }
}

}  // namespace gateless::cuda
