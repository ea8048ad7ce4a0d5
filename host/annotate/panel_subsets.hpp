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

namespace gateless::annotate {

struct PanelSubsets {
  Knowledge knowledge;                           ///< with the core rules that fit the panel
  std::map<std::string, std::size_t> row_of;     ///< marker -> row of the events
  std::map<std::string, std::int16_t> index_of;  ///< id -> place in `resolved`
  /// Ids of subsets that the panel can define only by a stand-in rule, with a marker that the true rule does not use.
  std::set<std::string> stand_ins;
  std::vector<ResolvedSubset> resolved;  ///< parents before children
  std::vector<UnresolvedSubset> unresolved;
  std::vector<BlindMarker> blind;

  /// Whether the panel has the marker, and its positive cells separate in every population above the subset.
  [[nodiscard]] bool tells(const std::string& marker, const KnownSubset& subset) const {
    return has_marker(marker) && blindness(marker, subset) == nullptr;
  }
  /// The population above the subset in which the marker does not separate; null if there is none.
  [[nodiscard]] const BlindMarker* blindness(const std::string& marker,
                                             const KnownSubset& subset) const;
  [[nodiscard]] bool has_marker(const std::string& name) const { return row_of.count(name) != 0; }
  [[nodiscard]] bool has_subset(const std::string& id) const { return index_of.count(id) != 0; }
};

/// `markers` names the rows of the events.
[[nodiscard]] PanelSubsets fit_to_panel(const Knowledge& knowledge,
                                        const std::vector<std::string>& markers,
                                        std::vector<BlindMarker> blind = {});

}  // namespace gateless::annotate
