// Loads one device's events and sends tiles through the kernels, two in work at a time.
#include "cuda/device_share.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "host/core/parallel.hpp"

namespace gateless::cuda {
namespace {

static_assert(ScaledValue::kLimit == kScaledLimit);

constexpr std::size_t kTileBytes = 64U << 20U;       // pinned, twice; large enough for full speed
constexpr std::size_t kReservedBytes = 512U << 20U;  // of the device: codebook, sums, labels, lists
constexpr std::size_t kLine = kLineFloats;
constexpr std::size_t kSmallestTile = 32 * kLine;  // without so much there is no going on

std::size_t rounded_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Tiles are whole lines of events, few enough to be pinned and no more than there are events.
std::size_t tile_events_for(EventView events, const BackendOptions& options) {
  const std::size_t fitting = kTileBytes / (events.markers * sizeof(float));
  const std::size_t wanted =
      options.tile_events > 0 ? std::min(options.tile_events, fitting) : fitting;
  return rounded_up(std::max<std::size_t>(1, std::min(wanted, events.events)), kLine);
}

/// [markers][nodes] of the device as [nodes][markers].
Matrix<std::int64_t> by_node(const Total* totals, std::size_t nodes, std::size_t markers) {
  Matrix<std::int64_t> result(nodes, markers);
  for (std::size_t node = 0; node < nodes; ++node) {
    for (std::size_t marker = 0; marker < markers; ++marker) {
      result(node, marker) = static_cast<std::int64_t>(totals[marker * nodes + node]);
    }
  }
  return result;
}

}  // namespace

DeviceShare::DeviceShare(std::unique_ptr<Device> device, EventView events,
                         std::optional<Scaling> scaling, BackendOptions options,
                         std::span<std::uint64_t> keys)
    : device_(std::move(device)),
      events_(events),
      scaling_(std::move(scaling)),
      keys_(keys),
      options_(std::move(options)),
      tile_events_(tile_events_for(events, options_)),
      nearest_by_(options_.nearest_by) {
  device_->use();
  stays_ = fits();
  try {
    occupy();
  } catch (const OutOfDeviceMemory& error) {
    give_way(error.what());
  }
}

bool DeviceShare::fits() const {
  double limit = static_cast<double>(device_->free_bytes()) - static_cast<double>(kReservedBytes);
  if (options_.memory_gib > 0.0) limit = std::min(limit, options_.memory_gib * 0x1.0p30);
  const std::size_t stride = rounded_up(events_.events, kLine);
  return static_cast<double>(stride * events_.markers * sizeof(float)) <= limit;
}

/// Takes all memory that stays with this share. Errors: OutOfDeviceMemory.
void DeviceShare::occupy() {
  for (Slot& slot : slots_) {
    slot.queue.reset();  // waits for what uses the memory that is about to go
    slot = {};
  }
  resident_ = {};
  work_ = {};
  for (Slot& slot : slots_) {
    slot.staged = PinnedBuffer<float>(*device_, tile_events_ * events_.markers);
    slot.labels = DeviceBuffer<NodeIndex>(*device_, tile_events_);
    slot.arriving = PinnedBuffer<NodeIndex>(*device_, tile_events_);
    if (!stays_) slot.events = DeviceBuffer<float>(*device_, tile_events_ * events_.markers);
    slot.queue = device_->make_queue();
    slot.queue->clear(slot.events.get(), slot.events.size() * sizeof(float));  // padding, too
  }
  if (stays_) load_resident();
}

/// Goes on with less memory: streamed instead of resident, then tiles of half the size.
void DeviceShare::give_way(const std::string& reason) {
  for (;;) {
    if (!std::exchange(stays_, false)) {
      if (tile_events_ <= kSmallestTile) throw DeviceError(reason);
      tile_events_ = rounded_up(tile_events_ / 2, kLine);
    }
    if (options_.warn) {
      options_.warn(fmt::format(
          "the GPU's memory ended ({}); its {} events are now streamed in tiles of {} (slower, the "
          "result is the same)",
          reason, events_.events, tile_events_));
    }
    try {
      return occupy();
    } catch (const OutOfDeviceMemory&) {  // with still less, then
    }
  }
}

void DeviceShare::load_resident() {
  stride_ = rounded_up(events_.events, kLine);
  resident_ = DeviceBuffer<float>(*device_, stride_ * events_.markers);
  for (std::size_t marker = 0; marker < events_.markers; ++marker) {
    queue().clear(resident_.get() + marker * stride_ + events_.events,
                  (stride_ - events_.events) * sizeof(float));
  }
  std::array<TileKeys, PassWork::kTurns> keys;
  const AtRest at_rest{slots_};
  std::size_t turn = 0;
  for (std::size_t first = 0; first < events_.events; first += tile_events_, ++turn) {
    Slot& slot = slots_[turn % slots_.size()];
    const std::size_t count = std::min(tile_events_, events_.events - first);
    slot.queue->wait();
    keys[turn % keys.size()].deliver();
    stage(slot, first, count);
    slot.queue->copy_in(resident_.get() + first, stride_ * sizeof(float), slot.staged.get(),
                        tile_events_ * sizeof(float), count * sizeof(float), events_.markers);
    if (!scaling_) start_keys(slot, keys[turn % keys.size()], first, count);
  }
  for (std::size_t index = 0; index < slots_.size(); ++index) {
    slots_[index].queue->wait();
    keys[index].deliver();
    slots_[index].staged = {};  // pinned memory is taken from all programs: no longer needed
  }
}

/// x' of events [first, first + count), or their values as they are, into the slot's pinned memory.
void DeviceShare::stage(Slot& slot, std::size_t first, std::size_t count) {
  parallel_for(options_.threads, events_.markers, [&](std::size_t marker) {
    const float* values = events_.marker(marker).data() + first;
    float* staged = slot.staged.get() + marker * tile_events_;
    if (!scaling_) {
      std::copy_n(values, count, staged);
    } else {
      std::transform(values, values + count, staged,
                     ScaledValue{scaling_->shift[marker], scaling_->scale});
    }
  });
}

DeviceShare::AtRest::~AtRest() {
  for (const Slot& slot : slots) {
    try {
      slot.queue->wait();
    } catch (const DeviceError&) {  // the failure that led here is told
    }
  }
}

/// Whether all events are looked at at once: resident events need no tiles but for their labels.
bool DeviceShare::is_whole(std::span<const NodeIndex> nodes) const {
  return stays_ && nodes.empty();
}

/// Brings every tile to the device, two in work at a time, and calls start(tile, turn) on it; labels go to `nodes`
/// unless that is empty.
template <class Start>
void DeviceShare::run(std::span<NodeIndex> nodes, const Start& start) {
  const AtRest at_rest{slots_};
  const std::size_t step =
      is_whole(nodes) ? std::max<std::size_t>(1, events_.events) : tile_events_;
  for (Slot& slot : slots_) slot.count = 0;  // nothing arrives from a pass that failed
  std::size_t turn = 0;
  for (std::size_t first = 0; first < events_.events; first += step, ++turn) {
    Slot& slot = slots_[turn % slots_.size()];
    deliver(slot, nodes);
    DeviceEvents tile{};
    tile.values = stays_ ? resident_.get() + first : slot.events.get();
    tile.stride = stays_ ? stride_ : tile_events_;
    tile.count = std::min(step, events_.events - first);
    tile.markers = static_cast<int>(events_.markers);
    if (!stays_) {
      stage(slot, first, tile.count);
      const std::size_t row_bytes = tile_events_ * sizeof(float);
      slot.queue->copy_in(slot.events.get(), row_bytes, slot.staged.get(), row_bytes,
                          tile.count * sizeof(float), events_.markers);
    }
    start(tile, turn % slots_.size());
    if (nodes.empty()) continue;
    slot.queue->copy_out(slot.arriving.get(), slot.labels.get(), tile.count * sizeof(NodeIndex));
    slot.first = first;
    slot.count = tile.count;
  }
  for (Slot& slot : slots_) deliver(slot, nodes);
}

/// Waits for the slot's tile and hands over its labels.
void DeviceShare::deliver(Slot& slot, std::span<NodeIndex> nodes) const {
  slot.queue->wait();
  if (slot.count > 0) std::copy_n(slot.arriving.get(), slot.count, nodes.data() + slot.first);
  slot.count = 0;
}

/// Where too many events are near to ties, proposals cost more than they save: the chain from now on.
void DeviceShare::heed(Total remeasured) {
  const bool too_many =
      static_cast<double>(remeasured) > kRemeasuredAtMost * static_cast<double>(events_.events);
  const bool may_change =
      nearest_by_ == NearestBy::kAuto || nearest_by_ == NearestBy::kProposalWhileFew;
  if (may_change && too_many) nearest_by_ = NearestBy::kChain;
}

void DeviceShare::prepare(const Matrix<float>& codebook, SumsWanted wanted,
                          std::span<const NodeIndex> nodes) {
  const bool whole = is_whole(nodes);
  work_.prepare(*device_, queue(), codebook, wanted, nearest_by_,
                whole ? events_.events : tile_events_, whole ? 1 : slots_.size());
}

NodeSums DeviceShare::pass(const Matrix<float>& codebook) {
  return with_memory([&] {
    prepare(codebook, SumsWanted::kYes, {});
    run({}, [&](const DeviceEvents& tile, std::size_t turn) {
      work_.start(*slots_[turn].queue, turn, tile, nullptr);
    });
    PassResult result = work_.result(queue());
    heed(result.remeasured);
    return std::move(result.sums);
  });
}

void DeviceShare::assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) {
  if (events_.events == 0) return;
  with_memory([&] {
    prepare(codebook, SumsWanted::kNo, nodes);
    run(nodes.first(events_.events), [&](const DeviceEvents& tile, std::size_t turn) {
      work_.start(*slots_[turn].queue, turn, tile, slots_[turn].labels.get());
    });
  });
}

NodeSquares DeviceShare::assign_with_squares(const Matrix<float>& codebook,
                                             std::span<NodeIndex> nodes) {
  return with_memory([&] {
    prepare(codebook, SumsWanted::kNo, nodes);
    const std::size_t cells = codebook.rows() * codebook.columns();
    const DeviceBuffer<Total> totals = zeroed(*device_, queue(), 2 * cells);
    run(nodes.first(events_.events), [&](const DeviceEvents& tile, std::size_t turn) {
      NodeIndex* const labels = slots_[turn].labels.get();
      work_.start(*slots_[turn].queue, turn, tile, labels);
      slots_[turn].queue->start(DeviceSquares{tile, static_cast<int>(codebook.rows()), labels,
                                              totals.get(), totals.get() + cells});
    });
    const std::vector<Total> values = fetched(queue(), totals);
    NodeSquares result(0, 0);
    result.sums = by_node(values.data(), codebook.rows(), codebook.columns());
    result.squares = by_node(values.data() + cells, codebook.rows(), codebook.columns());
    return result;
  });
}

MarkerProducts DeviceShare::products() {
  return with_memory([&] {
    const std::size_t side = events_.markers + 1;
    const DeviceBuffer<Total> totals = zeroed(*device_, queue(), side * side);
    run({}, [&](const DeviceEvents& tile, std::size_t turn) {
      slots_[turn].queue->start(DeviceProducts{tile, totals.get()});
    });
    return marker_products(fetched(queue(), totals), events_.markers);
  });
}

}  // namespace gateless::cuda
