// Densities for tests: sums of normal populations, as counts of bins.
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "host/annotate/level_placing.hpp"

namespace gateless::annotate {

/// [populations] position, spread (bins) and events.
inline BinCounts density_of(const std::vector<std::array<double, 3>>& position_sd_events) {
  BinCounts counts{};
  for (const auto& [position, sd, events] : position_sd_events) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double z = (static_cast<double>(bin) - position) / sd;
      counts[bin] += events / sd * std::exp(-0.5 * z * z);
    }
  }
  return counts;
}

}  // namespace gateless::annotate
