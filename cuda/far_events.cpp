// A device's share of the far events.
#include <algorithm>

#include "cuda/device_share.hpp"

namespace gateless::cuda {
namespace {

/// Values on the device; the queue has copied them when it is waited for.
template <class T>
DeviceBuffer<T> sent(Device& device, Queue& queue, std::span<const T> values) {
  DeviceBuffer<T> buffer(device, values.size());
  const std::size_t bytes = values.size_bytes();
  queue.copy_in(buffer.get(), bytes, values.data(), bytes, bytes, 1);
  return buffer;
}

}  // namespace

/// A tile at a time: what is listed is little, so nothing is gained by two.
std::vector<std::size_t> DeviceShare::listed_far(const FarQuestion& question,
                                                 std::span<const NodeIndex> nodes) {
  Slot& slot = slots_.front();
  const DeviceBuffer<std::uint8_t> flags(*device_, tile_events_);
  const DeviceBuffer<std::uint32_t> list(*device_, tile_events_);
  const DeviceBuffer<std::uint32_t> listed(*device_, 1);
  const DeviceBuffer<std::byte> scratch(*device_, device_->far_bytes(tile_events_));
  const DeviceBuffer<float> places =
      sent<float>(*device_, queue(), std::as_const(question.places).values());
  const DeviceBuffer<float> unit = sent(*device_, queue(), question.unit);
  const AtRest at_rest{slots_};
  queue().wait();
  std::vector<std::size_t> far;
  std::vector<std::uint32_t> numbers;
  for (std::size_t first = 0; first < events_.events; first += tile_events_) {
    const std::size_t count = std::min(tile_events_, events_.events - first);
    const std::size_t bytes = count * sizeof(NodeIndex);
    std::copy_n(nodes.data() + first, count, slot.arriving.get());
    queue().copy_in(slot.labels.get(), bytes, slot.arriving.get(), bytes, bytes, 1);
    queue().start(
        DeviceFar{{resident_.get() + first, stride_, count, static_cast<int>(events_.markers)},
                  slot.labels.get(),
                  places.get(),
                  unit.get(),
                  static_cast<int>(question.places.columns()),
                  question.limit,
                  flags.get(),
                  list.get(),
                  listed.get(),
                  scratch.get(),
                  scratch.size()});
    std::uint32_t found = 0;
    queue().copy_out(&found, listed.get(), sizeof found);
    queue().wait();
    numbers.resize(found);
    queue().copy_out(numbers.data(), list.get(), found * sizeof(std::uint32_t));
    queue().wait();
    for (const std::uint32_t number : numbers) far.push_back(first + number);
  }
  return far;
}

std::optional<std::vector<std::size_t>> DeviceShare::far_events(const FarQuestion& question,
                                                                std::span<const NodeIndex> nodes) {
  if (!stays_) return std::nullopt;
  device_->use();
  try {
    return listed_far(question, nodes);
  } catch (const OutOfDeviceMemory&) {  // the events stay: the host can look
    return std::nullopt;
  }
}

}  // namespace gateless::cuda
