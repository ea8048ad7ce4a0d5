// Carries codebooks to a device and results back.
#include "cuda/pass_work.hpp"

#include <algorithm>
#include <cstring>

namespace gateless::cuda {
namespace {

/// A buffer of at least this size; what it held is lost where it grows.
template <class T, Place kPlace>
void grow(Device& device, Buffer<T, kPlace>& buffer, std::size_t size) {
  if (buffer.size() >= size) return;
  buffer = {};  // first, so that both need not fit
  buffer = Buffer<T, kPlace>(device, size);
}

template <class T>
std::size_t bytes_of(const std::vector<T>& values) {
  return values.size() * sizeof(T);
}

std::size_t total_count(const PackedCodebook& values) {
  const auto nodes = static_cast<std::size_t>(values.nodes);
  return nodes * static_cast<std::size_t>(values.markers) + nodes + 1;
}

}  // namespace

DeviceBuffer<Total> zeroed(Device& device, Queue& queue, std::size_t size) {
  DeviceBuffer<Total> totals(device, size);
  queue.clear(totals.get(), size * sizeof(Total));
  queue.wait();
  return totals;
}

std::vector<Total> fetched(Queue& queue, const DeviceBuffer<Total>& totals) {
  std::vector<Total> values(totals.size());
  queue.copy_out(values.data(), totals.get(), values.size() * sizeof(Total));
  queue.wait();
  return values;
}

void PassWork::make_room(Device& device, const PackedCodebook& values, std::size_t tile_events,
                         std::size_t turns) {
  const std::size_t bytes =
      bytes_of(values.quads) + bytes_of(values.fragments) + bytes_of(values.centers);
  grow(device, codebook_, bytes);
  grow(device, sent_, bytes);
  grow(device, totals_, total_count(values));
  grow(device, arrived_, total_count(values));
  if (plan_.nearest_by != NearestBy::kProposal) return;
  const std::size_t listed = std::min(tile_events, kSelectedEvents);
  for (std::size_t turn = 0; turn < turns; ++turn) {
    grow(device, open_[turn].bits, (tile_events + kWarp - 1) / kWarp);
    grow(device, open_[turn].list, listed);
    grow(device, open_[turn].listed, 1);
    grow(device, open_[turn].scratch, device.selection_bytes(listed));
  }
}

/// The codebook in one copy.
void PassWork::send(Queue& queue, const PackedCodebook& values) {
  std::byte* to = sent_.get();
  const auto append = [&](const auto& part) {
    if (!part.empty()) std::memcpy(to, part.data(), bytes_of(part));
    to += bytes_of(part);
  };
  append(values.quads);
  append(values.fragments);
  append(values.centers);
  const auto bytes = static_cast<std::size_t>(to - sent_.get());
  queue.copy_in(codebook_.get(), bytes, sent_.get(), bytes, bytes, 1);
  queue.clear(totals_.get(), total_count(values) * sizeof(Total));
  queue.wait();  // for the queues of other turns
}

void PassWork::prepare(Device& device, Queue& queue, const Matrix<float>& codebook,
                       SumsWanted wanted, NearestBy nearest_by, std::size_t tile_events,
                       std::size_t turns) {
  const PackedCodebook values = packed(codebook);
  const bool with_sums = wanted != SumsWanted::kNo;
  plan_ = plan_pass(values, with_sums, nearest_by, device.shared_bytes());
  chain_ = plan_listed(values, with_sums, device.shared_bytes());
  if (wanted == SumsWanted::kInGlobalMemory) plan_.sums_in = chain_.sums_in = SumsIn::kGlobal;
  make_room(device, values, tile_events, turns);
  send(queue, values);

  const std::size_t cells = codebook.rows() * codebook.columns();
  const std::byte* const fragments = codebook_.get() + bytes_of(values.quads);
  pass_ = {};
  pass_.markers = values.markers;
  pass_.nodes = values.nodes;
  pass_.quads = static_cast<int>(values.quads.size()) / (1 + values.markers);
  pass_.codebook = reinterpret_cast<const Quad*>(codebook_.get());
  pass_.fragments = reinterpret_cast<const WordQuad*>(fragments);
  pass_.centers = reinterpret_cast<const float*>(fragments + bytes_of(values.fragments));
  pass_.tiles = (values.nodes + kTileNodes - 1) / kTileNodes;
  pass_.bounds = values.bounds;
  pass_.sums_in = plan_.sums_in;
  pass_.sums = totals_.get();
  pass_.counts = totals_.get() + cells;
  pass_.remeasured = totals_.get() + cells + codebook.rows();
}

void PassWork::start(Queue& queue, std::size_t turn, const DeviceEvents& tile,
                     NodeIndex* labels) const {
  const OpenEvents& open = open_[turn];
  DevicePass pass = pass_;
  pass.events = tile.values;
  pass.stride = tile.stride;
  pass.count = tile.count;
  pass.labels = labels;
  pass.open = open.bits.get();
  queue.start(plan_, pass);
  if (plan_.nearest_by != NearestBy::kProposal) return;
  pass.list = open.list.get();
  pass.listed = open.listed.get();
  pass.sums_in = chain_.sums_in;
  for (std::size_t first = 0; first < tile.count; first += kSelectedEvents) {
    pass.events = tile.values + first;
    pass.count = std::min(kSelectedEvents, tile.count - first);
    pass.labels = labels == nullptr ? nullptr : labels + first;
    queue.start(DeviceSelection{open.bits.get() + first / kWarp, pass.count, open.list.get(),
                                open.listed.get(), open.scratch.get(), open.scratch.size()});
    queue.start(chain_, pass);
  }
}

PassResult PassWork::result(Queue& queue) {
  const auto nodes = static_cast<std::size_t>(pass_.nodes);
  const std::size_t cells = nodes * static_cast<std::size_t>(pass_.markers);
  const std::size_t size = cells + nodes + 1;
  queue.copy_out(arrived_.get(), totals_.get(), size * sizeof(Total));
  queue.wait();
  PassResult result{{Matrix<std::int64_t>(nodes, static_cast<std::size_t>(pass_.markers)),
                     std::vector<std::uint64_t>(nodes)},
                    arrived_.get()[size - 1]};
  std::transform(arrived_.get(), arrived_.get() + cells, result.sums.sums.values().begin(),
                 [](Total sum) { return static_cast<std::int64_t>(sum); });
  std::copy_n(arrived_.get() + cells, nodes, result.sums.counts.begin());
  return result;
}

}  // namespace gateless::cuda
