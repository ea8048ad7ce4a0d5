// The rules by which siblings are told: one subset may have several, and each becomes a class of their mixture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/annotate/panel_subsets.hpp"
#include "host/core/knowledge.hpp"

namespace gateless::annotate {

struct ClassRules {
  std::int16_t subset = -1;
  MarkerLevels core, support;
  bool is_further = false;
  bool is_corner = false;  ///< its core is the corner of its parent
};

/// Whether the panel has each marker, or any marker, of the rule.
[[nodiscard]] bool names_all(const MarkerLevels& rule, const PanelSubsets& subsets);
[[nodiscard]] bool asks_for_any(const MarkerLevels& rule, const PanelSubsets& subsets);

/// The classes of one subset: by its core, part by part where it is divided (not a lineage, nor a corner), and by its further
/// rules.
[[nodiscard]] std::vector<ClassRules> rules_of(const KnownSubset& subset, bool is_lineage,
                                               bool is_corner, const PanelSubsets& subsets);

/// What a rule asks of a marker; none if nothing.
[[nodiscard]] std::optional<std::vector<Level>> levels_asked(const MarkerLevels& rule,
                                                             const std::string& marker);

/// What a rule asks of a dump channel: negative where it asks so of one of the channel's markers, positive where one of them
/// may not be negative.
[[nodiscard]] std::optional<std::vector<Level>> levels_asked_of_dump(
    const MarkerLevels& rule, const std::vector<std::string>& markers);

}  // namespace gateless::annotate
