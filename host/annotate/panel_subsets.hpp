// Which subsets of the knowledge file a panel can tell, by which of their rules, and why not the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/knowledge.hpp"

namespace gateless {

struct PanelSubsets {
  Knowledge knowledge;                           ///< with the core rules that fit the panel
  std::map<std::string, std::size_t> row_of;     ///< marker -> row of the events
  std::map<std::string, std::int16_t> index_of;  ///< id -> place in `resolved`
  /// Ids of subsets whose core is a stand-in that asks a marker for what the true core does not ask of it.
  std::set<std::string> stand_ins;
  std::vector<ResolvedSubset> resolved;  ///< parents before children
  std::vector<UnresolvedSubset> unresolved;
  std::vector<BlindMarker> blind;

  /// The marker tells something of the subset: it is in the panel, and not blind above it.
  [[nodiscard]] bool tells(const std::string& marker, const KnownSubset& subset) const {
    return has_marker(marker) && blindness(marker, subset) == nullptr;
  }
  /// Why it does not, where it is blind.
  [[nodiscard]] const BlindMarker* blindness(const std::string& marker,
                                             const KnownSubset& subset) const;
  [[nodiscard]] bool has_marker(const std::string& name) const { return row_of.count(name) != 0; }
  [[nodiscard]] bool has_subset(const std::string& id) const { return index_of.count(id) != 0; }
};

/// `markers` names the rows of the events.
[[nodiscard]] PanelSubsets fit_to_panel(const Knowledge& knowledge,
                                        const std::vector<std::string>& markers,
                                        std::vector<BlindMarker> blind = {});

}  // namespace gateless
