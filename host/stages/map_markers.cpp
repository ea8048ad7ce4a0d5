#include "host/stages/map_markers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "host/compute/backend.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/nearest_word.hpp"

namespace gateless::stages {

std::vector<std::size_t> find_markers(const PanelEvents& events,
                                      const std::vector<std::string>& names) {
  std::vector<std::size_t> rows;
  for (const std::string& name : names) {
    auto marker = std::find(events.markers.begin(), events.markers.end(), name);
    if (marker == events.markers.end()) {
      for (const PanelChannel& channel : events.panel.channels) {
        if (channel.name == name && channel.role == ChannelRole::kMarker) {
          marker = std::find(events.markers.begin(), events.markers.end(), channel.marker);
        }
      }
    }
    if (marker == events.markers.end()) {
      throw InputError(
          fmt::format("panel '{}': marker '{}' is not in the panel (events cannot be clustered on "
                      "it){}; the panel has {}",
                      events.panel.name, name, did_you_mean(name, events.markers),
                      fmt::join(events.markers, ", ")));
    }
    rows.push_back(static_cast<std::size_t>(marker - events.markers.begin()));
  }
  if (names.empty()) {  // light scatter is evidence for names, and weighs nothing on the map
    const std::string scatter = events.panel.side_scatter();
    for (std::size_t row = 0; row < events.markers.size(); ++row) {
      if (events.markers[row] != scatter) rows.push_back(row);
    }
  }
  if (rows.size() > kMaxMarkers) {
    throw InputError(fmt::format(
        "panel '{}': {} markers cannot be clustered together (a pass takes at most {}); "
        "choose some with --markers, or with 'markers' under 'cluster' in the study file",
        events.panel.name, rows.size(), kMaxMarkers));
  }
  return rows;
}

std::vector<std::size_t> markers_within(const std::string& root, const PanelEvents& events,
                                        const Knowledge& knowledge) {
  std::set<std::string> members{root};
  std::set<std::string> wanted;
  for (const KnownSubset& subset : knowledge.subsets) {
    if (!members.contains(subset.parent)) continue;
    members.insert(subset.id);
    for (const MarkerLevels* levels : {&subset.core, &subset.support, &subset.require_any}) {
      for (const auto& [marker, allowed] : *levels) wanted.insert(marker);
    }
  }
  const auto is_known = [&](const std::string& marker) {
    return std::any_of(knowledge.markers.begin(), knowledge.markers.end(),
                       [&](const KnownMarker& known) { return known.name == marker; });
  };
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < events.markers.size(); ++row) {
    const std::string& marker = events.markers[row];
    if (wanted.contains(marker) || !is_known(marker)) rows.push_back(row);
  }
  return rows;
}

}  // namespace gateless::stages
