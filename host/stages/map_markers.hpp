// Which markers of a panel a map is clustered on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless {

/// Rows of the pool for the named markers or channels; all markers but light scatter if none is named.
/// Errors: InputError with a suggestion for a marker the panel lacks, or for too many of them.
[[nodiscard]] std::vector<std::size_t> find_markers(const PanelEvents& events,
                                                    const std::vector<std::string>& names);

/// Markers that tell the descendants of a subset apart, as rows of the pool; markers that the knowledge does
/// not know may matter anywhere and are kept.
[[nodiscard]] std::vector<std::size_t> markers_within(const std::string& root,
                                                      const PanelEvents& events,
                                                      const Knowledge& knowledge);

}  // namespace gateless
