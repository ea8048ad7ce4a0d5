// Events of planted populations whose truth is known: Gaussian groups drawn by counter.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/philox.hpp"

namespace gateless::cluster {

struct PlantedEvents {
  std::vector<std::vector<float>> columns;  ///< [markers][events]
  std::vector<std::size_t> population;      ///< [events]

  /// Marker-major block of the columns in this order of markers.
  [[nodiscard]] EventStore store() const {
    EventStore events(std::vector<std::string>(columns.size(), "marker"));
    events.append(0, columns);
    events.seal();
    return events;
  }
};

/// `sizes[p]` events of population p: centre 0 or 4 in each marker by the bits of a fixed code, sd 0.5, shuffled by
/// interleaving.
inline PlantedEvents plant_events(const std::vector<std::size_t>& sizes, std::size_t markers) {
  const Philox random(7, 7);
  PlantedEvents planted{std::vector<std::vector<float>>(markers), {}};
  std::size_t most = 0;
  for (const std::size_t size : sizes) most = std::max(most, size);
  std::uint64_t counter = 0;
  for (std::size_t round = 0; round < most; ++round) {
    for (std::size_t p = 0; p < sizes.size(); ++p) {
      // Spread a population's events over the rounds.
      if ((round + 1) * sizes[p] / most == round * sizes[p] / most) continue;
      planted.population.push_back(p);
      for (std::size_t m = 0; m < markers; ++m) {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform(counter++)));
        const double angle = 2.0 * std::numbers::pi * random.uniform(counter++);
        const bool is_high = ((p + 1) * 0x9E3779B97F4A7C15U >> (63 - m) & 1U) != 0;
        planted.columns[m].push_back(
            static_cast<float>((is_high ? 4.0 : 0.0) + 0.5 * radius * std::cos(angle)));
      }
    }
  }
  return planted;
}

}  // namespace gateless::cluster
