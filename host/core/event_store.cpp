#include "host/core/event_store.hpp"

#include <algorithm>

#include "host/core/parallel.hpp"

namespace gateless {

EventStore::EventStore(std::vector<std::string> markers, std::vector<SampleRange> ranges)
    : markers_(std::move(markers)), ranges_(std::move(ranges)) {
  for (const SampleRange& range : ranges_) events_ += range.count;
  make_block();
}

void EventStore::append(std::size_t sample, std::vector<std::vector<float>> columns) {
  assert(columns.size() == markers_.size() && block_ == nullptr);
  const std::size_t count = columns.empty() ? 0 : columns.front().size();
  assert(std::all_of(columns.begin(), columns.end(),
                     [&](const auto& column) { return column.size() == count; }));
  parts_.push_back(std::move(columns));
  ranges_.push_back({sample, events_, count});
  events_ += count;
}

void EventStore::seal(std::size_t threads) {
  make_block();
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    parallel_for(threads, markers_.size(), [&](std::size_t marker) {
      const std::vector<float>& column = parts_[part][marker];
      std::copy(column.begin(), column.end(),
                block_.get() + marker * stride_ + ranges_[part].first);
    });
    parts_[part] = {};
  }
  parts_ = {};
}

void EventStore::make_block() {
  // Rows start on a cache line, so that vector loads of different markers do not straddle lines.
  constexpr std::size_t kFloatsPerLine = 16;
  stride_ = (events_ + kFloatsPerLine - 1) / kFloatsPerLine * kFloatsPerLine;
  // Not initialised: pages are taken as they are filled, while those of the parts are given back.
  block_ = std::make_unique_for_overwrite<float[]>(stride_ * markers_.size());
  for (std::size_t marker = 0; marker < markers_.size(); ++marker) {
    std::fill(block_.get() + marker * stride_ + events_, block_.get() + (marker + 1) * stride_,
              0.0F);
  }
}

EventView EventStore::view() const {
  return {block_.get(), block_ == nullptr ? 0 : markers_.size(), events_, stride_};
}

std::span<float> EventStore::marker(std::size_t index) {
  assert(index < markers_.size());
  return {block_.get() + index * stride_, events_};
}

void EventStore::release() { block_.reset(); }

}  // namespace gateless
