// Loads one device's events and sends tiles through the kernel, two in work at a time.
#include "cuda/device_share.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

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

/// Sends every tile through `pass`, two in work at a time; labels go to `nodes` unless that is empty.
void DeviceShare::run(DevicePass pass, std::span<NodeIndex> nodes) {
  const bool labels_wanted = !nodes.empty();
  const bool resident = resident_.get() != nullptr;
  for (Slot& slot : slots_) slot.count = 0;  // nothing arrives from a pass that failed
  std::size_t turn = 0;
  for (std::size_t first = 0; first < events_.events; first += tile_events_) {
    Slot& slot = slots_[turn++ % slots_.size()];
    deliver(slot, nodes);
    pass.count = std::min(tile_events_, events_.events - first);
    pass.events = resident ? resident_.get() + first : slot.events.get();
    pass.stride = resident ? stride_ : tile_events_;
    pass.labels = labels_wanted ? slot.labels.get() : nullptr;
    if (!resident) {
      stage(slot, first, pass.count);
      check(cudaMemcpyAsync(slot.events.get(), slot.staged.get(),
                            tile_events_ * events_.markers * sizeof(float), cudaMemcpyHostToDevice,
                            slot.stream.get()),
            "events cannot be copied to the GPU");
    }
    check(launch_node_pass(pass, slot.stream.get()), "a pass cannot be started on the GPU");
    if (labels_wanted) {
      check(cudaMemcpyAsync(slot.arriving.get(), slot.labels.get(), pass.count * sizeof(NodeIndex),
                            cudaMemcpyDeviceToHost, slot.stream.get()),
            "labels cannot be copied from the GPU");
      slot.first = first;
      slot.count = pass.count;
    }
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
  DevicePass pass = upload(codebook);
  const std::size_t nodes = codebook.rows();
  const std::size_t cells = nodes * codebook.columns();
  const DeviceBuffer<unsigned long long> totals(cells + nodes);
  check(cudaMemset(totals.get(), 0, (cells + nodes) * sizeof(unsigned long long)),
        "the GPU's memory cannot be cleared");
  check(cudaStreamSynchronize(nullptr), "the GPU's memory cannot be cleared");
  pass.sums = totals.get();
  pass.counts = totals.get() + cells;
  run(pass, {});

  std::vector<unsigned long long> values(cells + nodes);
  check(cudaMemcpy(values.data(), totals.get(), values.size() * sizeof(unsigned long long),
                   cudaMemcpyDeviceToHost),
        "sums cannot be copied from the GPU");
  NodeSums result{Matrix<std::int64_t>(nodes, codebook.columns()),
                  std::vector<std::uint64_t>(nodes)};
  for (std::size_t node = 0; node < nodes; ++node) {
    result.counts[node] = values[cells + node];
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      result.sums(node, marker) = static_cast<std::int64_t>(values[marker * nodes + node]);
    }
  }
  return result;
}

void DeviceShare::assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) {
  use_device(device_);
  const DevicePass pass = upload(codebook);
  check(cudaStreamSynchronize(nullptr), "the codebook cannot be copied to the GPU");
  run(pass, nodes.first(events_.events));
}

}  // namespace gateless::cuda
