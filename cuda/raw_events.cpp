// What a device's share of the events does with values that have no scaling yet.
#include <algorithm>

#include "cuda/device_share.hpp"
#include "host/compute/measured_values.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {

/// Makes the keys of the raw events [first, first + count) and sends them home.
void DeviceShare::start_keys(Slot& slot, TileKeys& keys, std::size_t first,
                             std::size_t count) const {
  if (keys.keys.size() == 0) {
    keys.keys = DeviceBuffer<std::uint64_t>(*device_, tile_events_);
    keys.arriving = PinnedBuffer<std::uint64_t>(*device_, tile_events_);
  }
  slot.queue->start(
      DeviceKeys{{resident_.get() + first, stride_, count, static_cast<int>(events_.markers)},
                 keys.keys.get()});
  slot.queue->copy_out(keys.arriving.get(), keys.keys.get(), count * sizeof(std::uint64_t));
  keys.wanted = keys_.subspan(first, count);
}

/// Hands over what has arrived.
void DeviceShare::TileKeys::deliver() {
  std::copy_n(arriving.get(), wanted.size(), wanted.begin());
  wanted = {};
}

std::vector<ValueRange> DeviceShare::ranges() {
  return with_memory([&] {
    if (!stays_ || events_.events == 0) {
      MeasuredValues values = measure(events_, options_.threads);
      std::copy(values.keys.begin(), values.keys.end(), keys_.begin());
      return std::move(values.ranges);
    }
    const DeviceBuffer<ValueRange> found(*device_, events_.markers);
    const DeviceBuffer<std::byte> scratch(*device_, device_->range_bytes(events_.events));
    std::vector<ValueRange> result(events_.markers);
    const AtRest at_rest{slots_};
    for (std::size_t marker = 0; marker < events_.markers; ++marker) {
      queue().start(DeviceRange{resident_.get() + marker * stride_, events_.events,
                                found.get() + marker, scratch.get(), scratch.size()});
    }
    queue().copy_out(result.data(), found.get(), result.size() * sizeof(ValueRange));
    queue().wait();
    return result;
  });
}

void DeviceShare::scale(const Scaling& scaling) {
  scaling_ = scaling;
  with_memory([&] {
    if (!stays_) return;
    for (std::size_t marker = 0; marker < events_.markers; ++marker) {
      queue().start(DeviceScaling{resident_.get() + marker * stride_, events_.events,
                                  scaling.shift[marker], scaling.scale});
    }
    queue().wait();
  });
}

}  // namespace gateless::cuda
