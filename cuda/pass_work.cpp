// Carries codebooks to a device and results back.
#include "cuda/pass_work.hpp"

#include <algorithm>

namespace gateless::cuda {
namespace {

template <class T>
void copy_in(Queue& queue, const DeviceBuffer<T>& to, const std::vector<T>& values) {
  const std::size_t bytes = values.size() * sizeof(T);
  if (bytes > 0) queue.copy_in(to.get(), bytes, values.data(), bytes, bytes, 1);
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

PassWork::PassWork(Device& device, Queue& queue, const Matrix<float>& codebook, SumsWanted wanted,
                   NearestBy nearest_by) {
  const PackedCodebook values = packed(codebook);
  const std::size_t cells = codebook.rows() * codebook.columns();
  plan = plan_pass(values, wanted == SumsWanted::kYes, nearest_by, device.shared_bytes());
  // All memory first: where it ends, no copy of `values` is on its way.
  quads_ = DeviceBuffer<Quad>(device, values.quads.size());
  fragments_ = DeviceBuffer<Fragment>(device, values.fragments.size());
  half_norms_ = DeviceBuffer<float>(device, values.half_norms.size());
  totals_ = DeviceBuffer<Total>(device, cells + codebook.rows() + 1);
  copy_in(queue, quads_, values.quads);
  copy_in(queue, fragments_, values.fragments);
  copy_in(queue, half_norms_, values.half_norms);
  queue.clear(totals_.get(), totals_.size() * sizeof(Total));
  queue.wait();  // `values` is about to go

  pass.markers = values.markers;
  pass.nodes = values.nodes;
  pass.quads = static_cast<int>(values.quads.size()) / (1 + values.markers);
  pass.codebook = quads_.get();
  pass.fragments = fragments_.get();
  pass.half_norms = half_norms_.get();
  pass.tiles = (values.nodes + kTileNodes - 1) / kTileNodes;
  pass.bounds = values.bounds;
  pass.sums_in = plan.sums_in;
  pass.sums = totals_.get();
  pass.counts = totals_.get() + cells;
  pass.remeasured = totals_.get() + cells + codebook.rows();
}

PassResult PassWork::result(Queue& queue) const {
  const std::vector<Total> values = fetched(queue, totals_);
  const auto nodes = static_cast<std::size_t>(pass.nodes);
  PassResult result{{Matrix<std::int64_t>(nodes, static_cast<std::size_t>(pass.markers)),
                     std::vector<std::uint64_t>(nodes)},
                    values.back()};
  const auto sums = result.sums.sums.values();
  std::transform(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(sums.size()),
                 sums.begin(), [](Total sum) { return static_cast<std::int64_t>(sum); });
  std::copy_n(values.data() + sums.size(), nodes, result.sums.counts.begin());
  return result;
}

}  // namespace gateless::cuda
