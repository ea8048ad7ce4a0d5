// Places events in the plane between the nodes of their map, so that all of them can be looked at together.
#pragma once

#include <cstddef>
#include <vector>

#include "host/cluster/cluster.hpp"

namespace gateless::cluster {

/// Each event is placed by this many of its nearest nodes, looked for among the kMapCandidates nodes around its own. 15 neighbours
/// among all nodes, the default of EmbedSOM, keep no more of an event's neighbours together (tests/bench/RESULTS.md).
inline constexpr std::size_t kMapNeighbours = 7, kMapCandidates = 48;

/// Where events lie in the plane, in units of the mean distance of neighbouring nodes there.
struct EventMap {
  std::vector<float> x, y;  ///< [events]
};

/// Places every event by the method of EmbedSOM (Kratochvil, Koladiya & Vondrasek, F1000Research 8:2120, 2020): the lines
/// through each two of its nearest nodes say where it lies between them, near nodes more than far ones, and the place
/// that fits all lines best is the solution of two linear equations. Smoothness 0, adjustment 1, as there by default.
/// `rows` [markers of the codebook] are rows of the events, `layout` [nodes][2] is where the nodes lie. Computed on the CPU beside the
/// backends, in single precision and in a fixed order: within 1e-2 of the formula (mostly 1e-6), the same bytes for every backend and number of threads.
[[nodiscard]] EventMap place_events(EventView events, const std::vector<std::size_t>& rows,
                                    const Clustering& clustering, const Matrix<double>& layout,
                                    std::size_t threads);

}  // namespace gateless::cluster
