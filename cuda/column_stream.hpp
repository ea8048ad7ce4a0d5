// Sends columns of the host through a device and back, in tiles: while one is computed, the other is copied.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "cuda/column_work.hpp"
#include "cuda/device.hpp"
#include "host/core/columns.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cuda {

class ColumnStream {
 public:
  /// `tile_values` of the host are pinned, twice. Errors: OutOfDeviceMemory.
  explicit ColumnStream(std::unique_ptr<Device> device, std::size_t tile_values = kTileValues);

  /// As Backend, for any number of threads that call. False, with the columns as they were, where the device has no room;
  /// when it fails, the columns are as far as the tiles came.
  [[nodiscard]] bool transform(const Columns& columns, std::span<const TransformCurve> curves);
  [[nodiscard]] bool unmix(const Columns& columns, const Matrix<float>& weights);

 private:
  static constexpr std::size_t kTileValues = std::size_t{4} << 20U;

  /// One of two places where a tile is in work. The queue comes last, so that it is waited for first.
  struct Slot {
    PinnedBuffer<float> staged;   ///< [columns][tile events], on their way in and home
    DeviceBuffer<float> values;   ///< [columns][tile events]
    DeviceBuffer<float> results;  ///< [columns][tile events]
    std::size_t first = 0;        ///< the events that come home
    std::size_t count = 0;
    std::unique_ptr<Queue> queue;
  };

  template <class Start>
  void run(const Columns& columns, const Start& start);
  void deliver(Slot& slot, const Columns& columns, std::size_t tile_events);
  template <class T>
  [[nodiscard]] std::optional<DeviceBuffer<T>> uploaded(std::span<const T> values);

  std::mutex mutex_;
  std::unique_ptr<Device> device_;
  std::size_t tile_values_;
  std::array<Slot, 2> slots_;
};

}  // namespace gateless::cuda
