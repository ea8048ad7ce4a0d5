// Distances in units of the noise within nodes: what one population spreads by, marker for marker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"

namespace gateless::cluster {

/// Values in noise units: 1 is the median standard deviation of a marker within nodes, weighted by events, so that nodes with
/// two populations do not widen it. It is at least the root of a tenth of the mean variance within nodes (in mass cytometry
/// many markers are zero in most events). If every node holds one value only, it is the standard deviation over all events.
/// Refers to events and scaling, which must outlive it.
class NoiseUnits {
 public:
  /// `codebook` is [nodes][markers], scaled units; `variance`, within nodes, [nodes][markers], scaled units squared;
  /// `node_events` is [nodes].
  NoiseUnits(EventView events, const Scaling& scaling, const Matrix<float>& codebook,
             const Matrix<double>& variance, const std::vector<std::uint64_t>& node_events);

  [[nodiscard]] std::size_t markers() const { return events_.markers; }
  [[nodiscard]] std::span<const float> noise() const { return noise_; }           ///< [markers]
  [[nodiscard]] float noise(std::size_t marker) const { return noise_[marker]; }  ///< scaled units
  /// A scaled value; a constant marker does not tell events apart.
  [[nodiscard]] float of_scaled(float value, std::size_t marker) const {
    return noise_[marker] > 0.0F ? value / noise_[marker] : 0.0F;
  }
  [[nodiscard]] float of_event(std::size_t event, std::size_t marker) const {
    return of_scaled((events_.marker(marker)[event] - scaling_.shift[marker]) * scaling_.scale,
                     marker);
  }
  /// of_event() for the events from `first` on, as many as there are places.
  void of_events(std::size_t first, std::size_t marker, std::span<float> places) const;
  /// of_event() for some events, as many as there are places.
  void of_events(std::span<const std::size_t> events, std::size_t marker,
                 std::span<float> places) const;
  [[nodiscard]] Matrix<float> of_nodes(const Matrix<float>& codebook) const;

 private:
  EventView events_;
  const Scaling& scaling_;
  std::vector<float> noise_;
};

}  // namespace gateless::cluster
