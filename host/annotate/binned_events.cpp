#include "host/annotate/binned_events.hpp"

#include <algorithm>
#include <functional>

#include "host/core/distribution.hpp"
#include "host/core/large_blocks.hpp"

namespace gateless::annotate {
namespace {

constexpr std::size_t kRangeEvents = 4000;  // a sample

}  // namespace

std::vector<MarkerRange> marker_ranges(const EventView& events,
                                       const std::vector<SampleRange>& samples) {
  std::vector<MarkerRange> ranges;
  for (std::size_t row = 0; row < events.markers; ++row) {
    std::vector<float> values;
    for (const SampleRange& sample : samples) {
      const std::size_t step = std::max<std::size_t>(1, sample.count / kRangeEvents);
      for (std::size_t i = 0; i < sample.count; i += step)
        values.push_back(events.marker(row)[sample.first + i]);
    }
    MarkerRange range;
    if (!values.empty()) {
      const std::size_t tail = values.size() / 2000;
      range.low = static_cast<double>(at_early_rank(values, tail, std::less<>()));
      range.high = static_cast<double>(at_early_rank(values, tail, std::greater<>()));
    }
    const double room = 0.05 * (range.high - range.low);
    range.low -= room;
    range.high += room;
    if (!(range.high > range.low)) range.high = range.low + 1.0;
    ranges.push_back(range);
    keep_memory_bound();
  }
  return ranges;
}

BinnedSample bin_sample(const EventView& events, const SampleRange& sample,
                        const std::vector<MarkerRange>& ranges, const std::vector<bool>& is_used,
                        std::size_t stride) {
  BinnedSample binned;
  binned.events = (sample.count + stride - 1) / stride;
  binned.bins.resize(events.markers);
  for (std::size_t row = 0; row < events.markers; ++row) {
    if (!is_used[row]) continue;
    const auto values = events.marker(row).subspan(sample.first, sample.count);
    const auto low = static_cast<float>(ranges[row].low);
    const float scale =
        static_cast<float>(kBins) / static_cast<float>(ranges[row].high - ranges[row].low);
    std::vector<std::uint8_t>& bins = binned.bins[row];
    bins.resize(binned.events);
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const float bin = (values[i * stride] - low) * scale;
      bins[i] = static_cast<std::uint8_t>(bin > 0.0F ? std::min(bin, 255.0F) : 0.0F);
    }
  }
  return binned;
}

std::vector<std::uint8_t> bin_corner(const EventView& events, const SampleRange& sample,
                                     const CornerAxis& corner, std::size_t stride) {
  const auto xs = events.marker(corner.x).subspan(sample.first, sample.count);
  const auto ys = events.marker(corner.y).subspan(sample.first, sample.count);
  const double scale = static_cast<double>(kBins) / (kCornerRange.high - kCornerRange.low);
  std::vector<std::uint8_t> bins((sample.count + stride - 1) / stride);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double value =
        corner.value(static_cast<double>(xs[i * stride]), static_cast<double>(ys[i * stride]));
    const double bin = (value - kCornerRange.low) * scale;
    bins[i] = static_cast<std::uint8_t>(bin > 0.0 ? std::min(bin, 255.0) : 0.0);
  }
  return bins;
}

}  // namespace gateless::annotate
