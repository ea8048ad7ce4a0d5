// The events of one device: resident where they fit, else streamed in tiles over two pinned buffers, so that
// scaling, copying and computing overlap. The caller sees no difference.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "cuda/device_memory.hpp"
#include "cuda/event_sums.hpp"
#include "cuda/node_pass.hpp"
#include "host/compute/backend.hpp"

namespace gateless::cuda {

class DeviceShare {
 public:
  /// `events` are this device's part; they stay valid as long as this. `threads` scale them on the host.
  DeviceShare(int device, EventView events, const Scaling& scaling, const BackendOptions& options,
              std::size_t threads);

  /// As ResidentEvents, for this device's part; all GPU work is done on return.
  [[nodiscard]] NodeSums pass(const Matrix<float>& codebook);
  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes);
  [[nodiscard]] NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                                std::span<NodeIndex> nodes);
  [[nodiscard]] MarkerProducts products();

 private:
  /// One of two places where a tile is in work. The stream comes last, so that it is waited for first.
  struct Slot {
    PinnedBuffer<float> staged;        ///< [markers][tile_events]
    DeviceBuffer<float> events;        ///< [markers][tile_events], only where events are streamed
    DeviceBuffer<NodeIndex> labels;    ///< [tile_events]
    PinnedBuffer<NodeIndex> arriving;  ///< [tile_events], labels on their way home
    std::size_t first = 0;             ///< the events whose labels arrive
    std::size_t count = 0;
    Stream stream;
  };

  [[nodiscard]] bool fits(const BackendOptions& options) const;
  void load_resident();
  void stage(Slot& slot, std::size_t first, std::size_t count) const;
  template <class Launch>
  void run(std::span<NodeIndex> nodes, const Launch& launch);
  void deliver(Slot& slot, std::span<NodeIndex> nodes) const;
  [[nodiscard]] DevicePass upload(const Matrix<float>& codebook);

  int device_;
  EventView events_;
  Scaling scaling_;
  std::size_t threads_;
  std::size_t tile_events_;
  std::size_t stride_ = 0;        ///< of the resident events
  DeviceBuffer<float> resident_;  ///< [markers][stride]; empty where events are streamed
  DeviceBuffer<Quad> codebook_;
  std::array<Slot, 2> slots_;
};

}  // namespace gateless::cuda
