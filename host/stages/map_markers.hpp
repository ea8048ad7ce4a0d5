// Which markers of a panel a map is clustered on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless::stages {

/// Rows of the pool for the named markers or channels; all markers but light scatter if none is named.
/// Errors: InputError with a suggestion for a marker the panel lacks, or for too many of them.
[[nodiscard]] std::vector<std::size_t> find_markers(const PanelEvents& events,
                                                    const std::vector<std::string>& names);

/// Rows of the pool for the markers that distinguish the descendants of a subset. Markers that the knowledge does not know are
/// included, as they may do so.
[[nodiscard]] std::vector<std::size_t> markers_within(const std::string& root,
                                                      const PanelEvents& events,
                                                      const Knowledge& knowledge);

}  // namespace gateless::stages
