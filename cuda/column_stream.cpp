#include "cuda/column_stream.hpp"

#include <algorithm>
#include <cassert>

namespace gateless::cuda {

ColumnStream::ColumnStream(std::unique_ptr<Device> device, std::size_t tile_values)
    : device_(std::move(device)), tile_values_(tile_values) {
  device_->use();
  for (Slot& slot : slots_) {
    slot.staged = PinnedBuffer<float>(*device_, tile_values);
    slot.values = DeviceBuffer<float>(*device_, tile_values);
    slot.results = DeviceBuffer<float>(*device_, tile_values);
    slot.queue = device_->make_queue();
  }
}

/// Copies every tile to the device, calls start(columns, queue) on it, and copies the results home.
template <class Start>
void ColumnStream::run(const Columns& columns, const Start& start) {
  const std::size_t events = columns.front().size();
  const std::size_t tile_events = std::min(tile_values_ / columns.size(), events);
  const std::size_t row_bytes = tile_events * sizeof(float);
  for (Slot& slot : slots_) slot.count = 0;  // nothing comes home from a run that failed
  std::size_t turn = 0;
  for (std::size_t first = 0; first < events; first += tile_events) {
    Slot& slot = slots_[turn++ % slots_.size()];
    deliver(slot, columns, tile_events);
    slot.first = first;
    slot.count = std::min(tile_events, events - first);
    for (std::size_t column = 0; column < columns.size(); ++column) {
      std::copy_n(columns[column].data() + first, slot.count,
                  slot.staged.get() + column * tile_events);
    }
    slot.queue->copy_in(slot.values.get(), row_bytes, slot.staged.get(), row_bytes,
                        slot.count * sizeof(float), columns.size());
    start(DeviceColumns{slot.values.get(), slot.results.get(), tile_events, slot.count,
                        static_cast<int>(columns.size())},
          *slot.queue);
    slot.queue->copy_out(slot.staged.get(), slot.results.get(), columns.size() * row_bytes);
  }
  for (Slot& slot : slots_) deliver(slot, columns, tile_events);
}

/// Waits for the slot's tile and puts its results in their place.
void ColumnStream::deliver(Slot& slot, const Columns& columns, std::size_t tile_events) {
  slot.queue->wait();
  for (std::size_t column = 0; column < columns.size() && slot.count > 0; ++column) {
    std::copy_n(slot.staged.get() + column * tile_events, slot.count,
                columns[column].data() + slot.first);
  }
  slot.count = 0;
}

/// Nothing where the device has no room.
template <class T>
std::optional<DeviceBuffer<T>> ColumnStream::uploaded(std::span<const T> values) {
  std::optional<DeviceBuffer<T>> buffer;
  try {
    buffer.emplace(*device_, values.size());
  } catch (const OutOfDeviceMemory&) {
    return buffer;
  }
  slots_.front().queue->copy_in(buffer->get(), values.size_bytes(), values.data(),
                                values.size_bytes(), values.size_bytes(), 1);
  slots_.front().queue->wait();  // both queues read it
  return buffer;
}

bool ColumnStream::transform(const Columns& columns, std::span<const TransformCurve> curves) {
  assert(curves.size() == columns.size());
  Columns moved;
  std::vector<TransformCurve> theirs;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    if (curves[column].is_identity()) continue;
    moved.push_back(columns[column]);
    theirs.push_back(curves[column]);
  }
  if (moved.empty() || moved.front().empty()) return true;
  const std::scoped_lock lock(mutex_);
  device_->use();
  const auto on_device = uploaded(std::span<const TransformCurve>(theirs));
  if (!on_device) return false;
  run(moved, [&](const DeviceColumns& tile, Queue& queue) {
    queue.start(DeviceTransform{tile, on_device->get()});
  });
  return true;
}

bool ColumnStream::unmix(const Columns& columns, const Matrix<float>& weights) {
  assert(weights.rows() == columns.size() && weights.columns() == columns.size());
  if (columns.empty() || columns.front().empty()) return true;
  const std::scoped_lock lock(mutex_);
  device_->use();
  const auto on_device = uploaded(weights.values());
  if (!on_device) return false;
  run(columns, [&](const DeviceColumns& tile, Queue& queue) {
    queue.start(DeviceUnmix{tile, on_device->get()});
  });
  return true;
}

}  // namespace gateless::cuda
