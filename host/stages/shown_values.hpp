// Transformed values on their way out: from the scale that events are clustered on to the one that other programs show.
#pragma once

#include <vector>

#include "host/core/results.hpp"
#include "host/core/shown_scale.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless::stages {

/// [markers] of the panel.
[[nodiscard]] std::vector<ShownScale> shown_scales(const PanelEvents& events);

/// Puts a cluster's medians on the shown scale.
void show(ClusterRow& row, const PanelEvents& events);

/// Puts a picture's axes and borders on the shown scale, with ticks at 0 and powers of ten in linear units.
void show(BackGate& gate, const PanelEvents& events);
/// The same for the axis of sampled events.
void show(SampledMarker& marker, const PanelEvents& events);

}  // namespace gateless::stages
