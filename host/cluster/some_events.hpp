// Some events of a pool, copied: what does not need all of them looks at these.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/large_blocks.hpp"

namespace gateless::cluster {

/// At most `most` of 0, 1, ... `events` - 1, evenly spread over all events, hence over samples.
[[nodiscard]] inline std::vector<std::size_t> spread_events(std::size_t events, std::size_t most) {
  const std::size_t count = std::min(events, most);
  std::vector<std::size_t> chosen(count);
  for (std::size_t i = 0; i < count; ++i) chosen[i] = events * i / count;
  return chosen;
}

/// The chosen events, marker-major.
class SomeEvents {
 public:
  SomeEvents(EventView events, const std::vector<std::size_t>& chosen)
      : values_(std::make_unique_for_overwrite<float[]>(events.markers * chosen.size())),
        markers_(events.markers),
        events_(chosen.size()) {
    for (std::size_t m = 0; m < markers_; ++m) {
      const auto from = events.marker(m);
      float* to = values_.get() + m * events_;
      for (std::size_t i = 0; i < events_; ++i) to[i] = from[chosen[i]];
      keep_memory_bound();
    }
  }
  [[nodiscard]] EventView view() const { return {values_.get(), markers_, events_, events_}; }

 private:
  std::unique_ptr<float[]> values_;  ///< [markers][events]
  std::size_t markers_;
  std::size_t events_;
};

}  // namespace gateless::cluster
