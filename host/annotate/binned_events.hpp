// Events as bins of their markers' ranges: what mixtures are learned from and applied to.
#pragma once

#include <vector>

#include "host/annotate/mixture_fit.hpp"
#include "host/core/event_store.hpp"

namespace gateless::annotate {

/// Nearly all values, with some room; a constant marker gets a range of its own. [markers]
[[nodiscard]] std::vector<MarkerRange> marker_ranges(const EventView& events,
                                                     const std::vector<SampleRange>& samples);

/// Every `stride`-th event of a sample. `is_used` [markers]: the others are left empty.
[[nodiscard]] BinnedSample bin_sample(const EventView& events, const SampleRange& sample,
                                      const std::vector<MarkerRange>& ranges,
                                      const std::vector<bool>& is_used, std::size_t stride = 1);

/// The bins of a corner axis, for every `stride`-th event of the sample.
[[nodiscard]] std::vector<std::uint8_t> bin_corner(const EventView& events,
                                                   const SampleRange& sample,
                                                   const CornerAxis& corner,
                                                   std::size_t stride = 1);

/// The rows of the events that some mixture, learned or only designed, looks at.
template <class Mixtures>
[[nodiscard]] std::vector<bool> used_rows(const Mixtures& mixtures, std::size_t rows) {
  std::vector<bool> used(rows, false);
  for (const auto& mixture : mixtures) {
    for (const auto& marker : mixture.markers) {
      if (marker.marker < rows) used[marker.marker] = true;
    }
  }
  return used;
}

}  // namespace gateless::annotate
