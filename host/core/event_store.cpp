#include "host/core/event_store.hpp"

#include <algorithm>

namespace gateless {

void EventStore::append(std::size_t sample, const std::vector<std::vector<float>>& columns) {
  assert(columns.size() == markers_.size() && block_.empty());
  const std::size_t count = columns.empty() ? 0 : columns.front().size();
  for (std::size_t marker = 0; marker < columns.size(); ++marker) {
    assert(columns[marker].size() == count);
    columns_[marker].insert(columns_[marker].end(), columns[marker].begin(), columns[marker].end());
  }
  ranges_.push_back({sample, events_, count});
  events_ += count;
}

void EventStore::seal() {
  // Rows start on a cache line, so that vector loads of different markers do not straddle lines.
  constexpr std::size_t kFloatsPerLine = 16;
  stride_ = (events_ + kFloatsPerLine - 1) / kFloatsPerLine * kFloatsPerLine;
  block_.resize(stride_ * markers_.size());
  for (std::size_t marker = 0; marker < markers_.size(); ++marker) {
    std::copy(columns_[marker].begin(), columns_[marker].end(),
              block_.begin() + static_cast<std::ptrdiff_t>(marker * stride_));
    columns_[marker] = {};  // given back at once: a pool is most of a machine's memory
  }
}

EventView EventStore::view() const { return {block_.data(), markers_.size(), events_, stride_}; }

std::span<float> EventStore::marker(std::size_t index) {
  assert(index < markers_.size());
  return std::span<float>(block_).subspan(index * stride_, events_);
}

}  // namespace gateless
