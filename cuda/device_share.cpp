// Loads one device's events and sends tiles through the kernel, two in work at a time.
#include "cuda/device_share.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "cuda/event_sums_launch.hpp"
#include "host/compute/checks.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cuda {
namespace {

constexpr std::size_t kTileBytes = 64U
                                   << 20U;  // of pinned memory, twice; large enough for full speed
constexpr std::size_t kReservedBytes =
    256U << 20U;                         // of device memory: codebook, sums, labels, other programs
constexpr std::size_t kLineFloats = 32;  // 128 bytes: rows start on a line of the device's cache

std::size_t rounded_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Tiles are whole blocks of events, few enough to be pinned and no more than there are events.
std::size_t tile_events_for(EventView events, const BackendOptions& options) {
  const std::size_t fitting = kTileBytes / (events.markers * sizeof(float));
  const std::size_t wanted =
      options.tile_events > 0 ? std::min(options.tile_events, fitting) : fitting;
  return std::max<std::size_t>(1, std::min(wanted, events.events));
}

/// The codebook in the order in which DevicePass wants it.
std::vector<float> packed(const Matrix<float>& codebook) {
  constexpr auto kGroup = static_cast<std::size_t>(kGroupNodes);
  const std::size_t rows = 1 + codebook.columns();
  const std::size_t nodes = rounded_up(codebook.rows(), kGroup);
  const std::vector<float> half_norms = half_norms_of(codebook);
  std::vector<float> values(nodes * rows);
  for (std::size_t node = 0; node < nodes; ++node) {
    float* column = values.data() + node / kGroup * rows * kGroup + node % kGroup;
    const bool filler = node >= codebook.rows();
    *column = filler ? std::numeric_limits<float>::infinity() : half_norms[node];
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      column += kGroup;
      *column = filler ? 0.0F : codebook(node, marker);
    }
  }
  return values;
}

/// `pass` over one tile.
DevicePass on_tile(DevicePass pass, const DeviceEvents& tile) {
  pass.events = tile.values;
  pass.stride = tile.stride;
  pass.count = tile.count;
  return pass;
}

/// Sums on the device, 0 at first.
class DeviceTotals {
 public:
  explicit DeviceTotals(std::size_t size) : size_(size), cells_(size) {
    check(cudaMemset(cells_.get(), 0, size * sizeof(Total)), "the GPU's memory cannot be cleared");
    check(cudaStreamSynchronize(nullptr), "the GPU's memory cannot be cleared");
  }
  [[nodiscard]] Total* get() const { return cells_.get(); }
  [[nodiscard]] std::vector<Total> values() const {
    std::vector<Total> values(size_);
    check(cudaMemcpy(values.data(), cells_.get(), size_ * sizeof(Total), cudaMemcpyDeviceToHost),
          "sums cannot be copied from the GPU");
    return values;
  }

 private:
  std::size_t size_;
  DeviceBuffer<Total> cells_;
};

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

DeviceShare::DeviceShare(int device, EventView events, const Scaling& scaling,
                         const BackendOptions& options, std::size_t threads)
    : device_(device),
      events_(events),
      scaling_(scaling),
      threads_(threads),
      tile_events_(tile_events_for(events, options)),
      slots_((use_device(device), std::array<Slot, 2>{})) {
  const bool resident = fits(options);
  for (Slot& slot : slots_) {
    slot.staged = PinnedBuffer<float>(tile_events_ * events_.markers);
    slot.labels = DeviceBuffer<NodeIndex>(tile_events_);
    slot.arriving = PinnedBuffer<NodeIndex>(tile_events_);
    if (!resident) slot.events = DeviceBuffer<float>(tile_events_ * events_.markers);
  }
  if (resident) load_resident();
}

bool DeviceShare::fits(const BackendOptions& options) const {
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  check(cudaMemGetInfo(&free_bytes, &total_bytes), "the GPU does not tell its memory");
  double limit = static_cast<double>(free_bytes) - static_cast<double>(kReservedBytes);
  if (options.memory_gib > 0.0) limit = std::min(limit, options.memory_gib * 0x1.0p30);
  const std::size_t stride = rounded_up(events_.events, kLineFloats);
  return static_cast<double>(stride * events_.markers * sizeof(float)) <= limit;
}

void DeviceShare::load_resident() {
  stride_ = rounded_up(events_.events, kLineFloats);
  resident_ = DeviceBuffer<float>(stride_ * events_.markers);
  std::size_t turn = 0;
  for (std::size_t first = 0; first < events_.events; first += tile_events_) {
    Slot& slot = slots_[turn++ % slots_.size()];
    const std::size_t count = std::min(tile_events_, events_.events - first);
    slot.stream.wait();
    stage(slot, first, count);
    check(cudaMemcpy2DAsync(resident_.get() + first, stride_ * sizeof(float), slot.staged.get(),
                            tile_events_ * sizeof(float), count * sizeof(float), events_.markers,
                            cudaMemcpyHostToDevice, slot.stream.get()),
          "events cannot be copied to the GPU");
  }
  for (Slot& slot : slots_) {
    slot.stream.wait();
    slot.staged = {};  // pinned memory is taken from all programs: no longer needed
  }
}

/// x' of events [first, first + count) into the slot's pinned memory.
void DeviceShare::stage(Slot& slot, std::size_t first, std::size_t count) const {
  parallel_for(threads_, events_.markers, [&](std::size_t marker) {
    const float* values = events_.marker(marker).data() + first;
    float* scaled = slot.staged.get() + marker * tile_events_;
    const float shift = scaling_.shift[marker];
    for (std::size_t event = 0; event < count; ++event) {
      scaled[event] =
          std::clamp((values[event] - shift) * scaling_.scale, -kScaledLimit, kScaledLimit);
    }
  });
}

DevicePass DeviceShare::upload(const Matrix<float>& codebook) {
  const std::vector<float> values = packed(codebook);
  codebook_ = DeviceBuffer<Quad>(values.size() / 4);
  check(cudaMemcpy(codebook_.get(), values.data(), values.size() * sizeof(float),
                   cudaMemcpyHostToDevice),
        "the codebook cannot be copied to the GPU");
  DevicePass pass{};
  pass.markers = static_cast<int>(codebook.columns());
  pass.nodes = static_cast<int>(codebook.rows());
  pass.codebook = codebook_.get();
  pass.groups = (pass.nodes + kGroupNodes - 1) / kGroupNodes;
  return pass;
}

/// Brings every tile to the device, two in work at a time, and starts launch(tile, slot) on it; labels go to `nodes`
/// unless that is empty.
template <class Launch>
void DeviceShare::run(std::span<NodeIndex> nodes, const Launch& launch) {
  const bool resident = resident_.get() != nullptr;
  for (Slot& slot : slots_) slot.count = 0;  // nothing arrives from a pass that failed
  std::size_t turn = 0;
  for (std::size_t first = 0; first < events_.events; first += tile_events_) {
    Slot& slot = slots_[turn++ % slots_.size()];
    deliver(slot, nodes);
    DeviceEvents tile{};
    tile.values = resident ? resident_.get() + first : slot.events.get();
    tile.stride = resident ? stride_ : tile_events_;
    tile.count = std::min(tile_events_, events_.events - first);
    tile.markers = static_cast<int>(events_.markers);
    if (!resident) {
      stage(slot, first, tile.count);
      check(cudaMemcpyAsync(slot.events.get(), slot.staged.get(),
                            tile_events_ * events_.markers * sizeof(float), cudaMemcpyHostToDevice,
                            slot.stream.get()),
            "events cannot be copied to the GPU");
    }
    check(launch(tile, slot), "a pass cannot be started on the GPU");
    if (nodes.empty()) continue;
    check(cudaMemcpyAsync(slot.arriving.get(), slot.labels.get(), tile.count * sizeof(NodeIndex),
                          cudaMemcpyDeviceToHost, slot.stream.get()),
          "labels cannot be copied from the GPU");
    slot.first = first;
    slot.count = tile.count;
  }
  for (Slot& slot : slots_) deliver(slot, nodes);
}

/// Waits for the slot's tile and hands over its labels.
void DeviceShare::deliver(Slot& slot, std::span<NodeIndex> nodes) const {
  slot.stream.wait();
  std::copy_n(slot.arriving.get(), slot.count, nodes.data() + slot.first);
  slot.count = 0;
}

NodeSums DeviceShare::pass(const Matrix<float>& codebook) {
  use_device(device_);
  const DevicePass pass = upload(codebook);
  const std::size_t nodes = codebook.rows();
  const std::size_t cells = nodes * codebook.columns();
  const DeviceTotals totals(cells + nodes);
  run({}, [&](const DeviceEvents& tile, const Slot& slot) {
    DevicePass one = on_tile(pass, tile);
    one.sums = totals.get();
    one.counts = totals.get() + cells;
    return launch_node_pass(one, slot.stream.get());
  });

  const std::vector<Total> values = totals.values();
  NodeSums result{by_node(values.data(), nodes, codebook.columns()),
                  std::vector<std::uint64_t>(nodes)};
  std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(cells), nodes, result.counts.begin());
  return result;
}

void DeviceShare::assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) {
  use_device(device_);
  const DevicePass pass = upload(codebook);
  check(cudaStreamSynchronize(nullptr), "the codebook cannot be copied to the GPU");
  run(nodes.first(events_.events), [&](const DeviceEvents& tile, const Slot& slot) {
    DevicePass one = on_tile(pass, tile);
    one.labels = slot.labels.get();
    return launch_node_pass(one, slot.stream.get());
  });
}

NodeSquares DeviceShare::assign_with_squares(const Matrix<float>& codebook,
                                             std::span<NodeIndex> nodes) {
  use_device(device_);
  const DevicePass pass = upload(codebook);
  const std::size_t cells = codebook.rows() * codebook.columns();
  const DeviceTotals totals(2 * cells);
  run(nodes.first(events_.events), [&](const DeviceEvents& tile, const Slot& slot) {
    DevicePass one = on_tile(pass, tile);
    one.labels = slot.labels.get();
    const auto started = launch_node_pass(one, slot.stream.get());
    if (started != cudaSuccess) return started;
    return launch_squares({tile, pass.nodes, slot.labels.get(), totals.get(), totals.get() + cells},
                          slot.stream.get());
  });
  const std::vector<Total> values = totals.values();
  NodeSquares result(0, 0);
  result.sums = by_node(values.data(), codebook.rows(), codebook.columns());
  result.squares = by_node(values.data() + cells, codebook.rows(), codebook.columns());
  return result;
}

MarkerProducts DeviceShare::products() {
  use_device(device_);
  const std::size_t side = events_.markers + 1;
  const DeviceTotals totals(side * side);
  run({}, [&](const DeviceEvents& tile, const Slot& slot) {
    return launch_products({tile, totals.get()}, slot.stream.get());
  });
  return marker_products(totals.values(), events_.markers);
}

}  // namespace gateless::cuda
