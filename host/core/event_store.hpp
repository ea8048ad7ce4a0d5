// Pooled events of one panel, marker-major, and views of consecutive events (tiles) in it.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gateless {

/// Consecutive events of a marker-major store. Passed by value, never kept longer than its store.
struct EventView {
  const float* values =
      nullptr;  ///< [markers][stride], the first `events` of each row belong to the view
  std::size_t markers = 0;
  std::size_t events = 0;
  std::size_t stride = 0;  ///< distance between markers, in values

  [[nodiscard]] std::span<const float> marker(std::size_t index) const {
    assert(index < markers);
    return {values + index * stride, events};
  }
  [[nodiscard]] EventView slice(std::size_t first, std::size_t count) const {
    assert(first + count <= events);
    return {values + first, markers, count, stride};
  }
  /// The same events with `count` markers, from the marker `first` on.
  [[nodiscard]] EventView rows(std::size_t first, std::size_t count) const {
    assert(first + count <= markers);
    return {values + first * stride, count, events, stride};
  }
};

/// Events [first, first + count) of a pool come from one sample.
struct SampleRange {
  std::size_t sample = 0;  ///< index into the study's samples
  std::size_t first = 0;
  std::size_t count = 0;
};

/// Owns the pooled events of one panel, [markers][events]; samples are gathered as they come and moved together once. Whether
/// they lie in memory or on disk is LargeBlocks' affair.
class EventStore {
 public:
  explicit EventStore(std::vector<std::string> markers) : markers_(std::move(markers)) {}

  /// Sealed, with room for the events of these ranges, which follow each other; their values are not set yet.
  EventStore(std::vector<std::string> markers, std::vector<SampleRange> ranges);

  [[nodiscard]] const std::vector<std::string>& markers() const noexcept { return markers_; }
  [[nodiscard]] std::size_t events() const noexcept { return events_; }
  [[nodiscard]] const std::vector<SampleRange>& ranges() const noexcept { return ranges_; }

  /// Appends one sample's events. `columns` is [markers][n]; all columns have the same length.
  void append(std::size_t sample, std::vector<std::vector<float>> columns);

  /// Moves everything into one contiguous block, a sample at a time; no sample can be appended afterwards.
  void seal(std::size_t threads = 1);

  /// The pooled events [markers][events]. Only after seal().
  [[nodiscard]] EventView view() const;
  /// One marker's values, to be changed in place. Only after seal().
  [[nodiscard]] std::span<float> marker(std::size_t index);
  /// Gives the values up: what is known of the samples stays, and view() shows no marker.
  void release();

 private:
  /// Room for all events; what lies behind the last one of a row is 0.
  void make_block();

  std::vector<std::string> markers_;
  std::vector<std::vector<std::vector<float>>>
      parts_;                       ///< [appended][markers][events], until sealed
  std::unique_ptr<float[]> block_;  ///< [markers][stride], once sealed
  std::vector<SampleRange> ranges_;
  std::size_t events_ = 0;
  std::size_t stride_ = 0;
};

}  // namespace gateless
