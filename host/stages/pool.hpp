// The files of one panel become one pool, still linear, and the pool is transformed.
#pragma once

#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"
#include "host/stages/panel_events.hpp"
#include "host/stages/panel_grouping.hpp"

namespace gateless::stages {

/// Pools the members of one panel, still linear; their columns are moved out of `files`.
[[nodiscard]] PanelEvents pool_panel(const PanelMembers& group, const std::vector<Sample>& samples,
                                     std::vector<Ingested>& files, CheckedMarkers&& checked,
                                     std::size_t threads, Progress& progress);

/// The upper ends of the markers' detectors in a file, [markers].
[[nodiscard]] std::vector<double> ranges_of(const Ingested& file,
                                            const std::vector<std::string>& markers);

/// Transforms the pool, as the model says or as its values ask for; `ranges` [markers].
void transform_panel(PanelEvents& panel, const std::vector<double>& ranges,
                     const IngestOptions& options, Progress& progress);

}  // namespace gateless::stages
