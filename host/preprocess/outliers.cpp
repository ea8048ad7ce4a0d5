#include "host/preprocess/outliers.hpp"

#include <algorithm>
#include <cmath>

#include "host/core/philox.hpp"
#include "host/preprocess/apply_transform.hpp"
#include "host/preprocess/density.hpp"

namespace gateless::preprocess {

std::vector<float> gather(std::span<const float> values, std::span<const std::uint32_t> events) {
  std::vector<float> result(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) result[i] = values[events[i]];
  return result;
}

std::vector<float> gather_arcsinh(std::span<const float> values,
                                  std::span<const std::uint32_t> events, double cofactor) {
  std::vector<float> result = gather(values, events);
  apply_transform(result, {.kind = TransformKind::kArcsinh, .cofactor = cofactor});
  return result;
}

std::vector<float> gather_counts(std::span<const float> values,
                                 std::span<const std::uint32_t> events) {
  const Philox random(0, 0);
  std::vector<float> result = gather(values, events);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] != std::floor(result[i])) continue;
    result[i] += static_cast<float>(random.uniform(events[i]) - 0.5);
  }
  apply_transform(result, {.kind = TransformKind::kArcsinh, .cofactor = kMassCofactor});
  return result;
}

std::vector<std::uint32_t> above(std::span<const float> values,
                                 std::span<const std::uint32_t> events, double cut) {
  std::vector<std::uint32_t> result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (static_cast<double>(values[i]) > cut) result.push_back(events[i]);
  }
  return result;
}

std::vector<std::uint32_t> below(std::span<const float> values,
                                 std::span<const std::uint32_t> events, double cut) {
  std::vector<std::uint32_t> result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (static_cast<double>(values[i]) < cut) result.push_back(events[i]);
  }
  return result;
}

std::optional<Fence> upper_fence(std::span<const float> values, double least, Side side) {
  const Density density = estimate_density(values);
  if (density.height.empty()) return std::nullopt;
  const DensityMode mode = main_mode(density);
  const double spread =
      side == Side::kBelow ? mode.spread_below : std::max(mode.spread_below, mode.spread_above);
  double distance = 4.0 * spread;
  for (const Peak& peak : find_peaks(density, 0.8)) {
    const double valley = density.centre(peak.valley_before) - mode.centre;
    if (valley > std::max(least, 2.5 * spread) && valley < 6.0 * spread) {
      distance = valley;
      break;
    }
  }
  return Fence{mode.centre + std::max(least, distance),
               mode.centre + std::max(least, 0.5 * distance)};
}

}  // namespace gateless::preprocess
