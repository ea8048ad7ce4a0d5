#include "host/preprocess/signal_over_time.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "host/core/distribution.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kParts = 40, kOfPart = 200, kFewest = 400;

/// Finite values at a stride that leaves at most kOfPart.
std::vector<float> some_of(std::span<const float> values) {
  const std::size_t stride = (values.size() + kOfPart - 1) / kOfPart;
  std::vector<float> some;
  for (std::size_t event = 0; event < values.size(); event += std::max<std::size_t>(1, stride)) {
    if (std::isfinite(values[event])) some.push_back(values[event]);
  }
  return some;
}

}  // namespace

std::vector<float> signal_over_time(const Cleaning& cleaning) {
  const std::size_t events = cleaning.sample.events;
  if (events < kFewest) return {};
  std::vector<float> sums(kParts, 0.0F);
  float markers = 0.0F;
  for (const PanelChannel* channel : cleaning.find_all(ChannelRole::kMarker)) {
    const std::span<const float> values = cleaning.values(*channel);
    std::vector<std::vector<float>> parts;
    std::vector<float> all;
    for (std::size_t part = 0; part < kParts; ++part) {
      const std::size_t first = part * events / kParts, end = (part + 1) * events / kParts;
      parts.push_back(some_of(values.subspan(first, end - first)));
      all.insert(all.end(), parts.back().begin(), parts.back().end());
    }
    const auto [middle, spread] = middle_and_spread(all);
    if (!(spread > 0.0F)) continue;
    markers += 1.0F;
    for (std::size_t part = 0; part < kParts; ++part)
      sums[part] += (lower_quantile(parts[part], 0.5) - middle) / spread;
  }
  if (markers == 0.0F) return {};
  constexpr float kShown = 1000.0F;  // three decimals are more than a picture shows
  for (float& sum : sums) sum = std::round(kShown * sum / markers) / kShown;
  return sums;
}

}  // namespace gateless::preprocess
