#include "host/annotate/panel_subsets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "host/core/level_tiers.hpp"

namespace gateless::annotate {
namespace {

/// A rule that keeps out one end only (not high, not neg) is no loss when its marker is missing: the subset is
/// then slightly too wide, where without it all its children would be lost.
bool is_mild_exclusion(const std::vector<Level>& levels) {
  return std::popcount(allowed_tiers(levels, kHighTier)) == 3 &&
         (allowed_tiers(levels, kHighTier) & kNegTier) != 0;
}

/// The markers that the rule cannot do without and the panel lacks.
std::vector<std::string> missing_of(const PanelSubsets& panel, const KnownSubset& subset,
                                    const MarkerLevels& rule) {
  std::vector<std::string> missing;
  for (const auto& [marker, levels] : rule) {
    if (!panel.tells(marker, subset) && !is_mild_exclusion(levels)) missing.push_back(marker);
  }
  return missing;
}

/// Where the panel lacks a core marker, the first of the other rules that it can follow takes the core's place.
void take_rule_that_fits(PanelSubsets& panel, KnownSubset& subset) {
  if (missing_of(panel, subset, subset.core).empty()) return;
  const auto rule = std::find_if(
      subset.instead.begin(), subset.instead.end(),
      [&](const MarkerLevels& other) { return missing_of(panel, subset, other).empty(); });
  if (rule == subset.instead.end()) return;
  const bool is_part_of_core = std::all_of(rule->begin(), rule->end(), [&](const auto& entry) {
    const auto own = subset.core.find(entry.first);
    return own != subset.core.end() && own->second == entry.second;
  });
  if (!is_part_of_core) panel.stand_ins.insert(subset.id);
  subset.core = *rule;
}

/// Where the panel cannot tell the parent, the first rule that it can follow without puts the subset in the parent's place.
void take_place_of_parent(PanelSubsets& panel, KnownSubset& subset) {
  const KnownSubset* parent = panel.knowledge.find(subset.parent);
  if (parent == nullptr || panel.has_subset(parent->id) || !panel.has_subset(parent->parent))
    return;
  const auto rule =
      std::find_if(subset.without_parent.begin(), subset.without_parent.end(),
                   [&](const MarkerLevels& one) { return missing_of(panel, subset, one).empty(); });
  if (rule == subset.without_parent.end()) return;
  subset.core = *rule;
  subset.also.clear();
  subset.partition = parent->partition;
  subset.order = parent->order;
  subset.parent = parent->parent;
  panel.stand_ins.insert(subset.id);
}

/// Takes out what rules ask of markers that are blind for the subset: it no longer has a say.
void drop_blind(const PanelSubsets& panel, KnownSubset& subset) {
  const auto is_blind = [&](const auto& entry) {
    return panel.blindness(entry.first, subset) != nullptr;
  };
  std::erase_if(subset.support, is_blind);
  std::erase_if(subset.require_any, is_blind);
  for (std::vector<MarkerLevels>& others : subset.also) {
    std::erase_if(others, [&](const MarkerLevels& rule) {
      return std::any_of(rule.begin(), rule.end(), is_blind);
    });
  }
}

std::string not_in_panel(const std::vector<std::string>& markers) {
  return fmt::format("{} {} not in the panel", fmt::join(markers, ", "),
                     markers.size() > 1 ? "are" : "is");
}

/// Why the panel cannot tell the subset; none where it can.
std::optional<std::string> obstacle(const PanelSubsets& panel, const KnownSubset& subset) {
  if (subset.parent.empty()) return std::nullopt;  // cleaning has left the events that count
  if (!panel.has_subset(subset.parent)) {
    const KnownSubset* parent = panel.knowledge.find(subset.parent);
    return (parent != nullptr ? parent->name : subset.parent) + " cannot be told";
  }
  const auto is_there = [&](const std::string& marker) { return panel.tells(marker, subset); };
  if (!subset.needs.empty() && std::none_of(subset.needs.begin(), subset.needs.end(), is_there))
    return not_in_panel(subset.needs);
  const auto other = std::find_if(subset.unless.begin(), subset.unless.end(), is_there);
  if (other != subset.unless.end())
    return *other + " is in the panel and tells finer subsets in its place";
  const std::vector<std::string> missing = missing_of(panel, subset, subset.core);
  for (const std::string& marker : missing) {
    if (const BlindMarker* blind = panel.blindness(marker, subset)) return blind->reason;
  }
  if (!missing.empty()) return not_in_panel(missing);
  const bool any = subset.require_any_count == 0 ||
                   std::any_of(subset.require_any.begin(), subset.require_any.end(),
                               [&](const auto& rule) { return is_there(rule.first); });
  if (!any) return "none of the markers that would confirm it is in the panel";
  return std::nullopt;
}

}  // namespace

namespace {

/// Whether the subset, or one that holds it, asks its core for a marker that is blind there.
bool is_blind_below(const PanelSubsets& panel, const KnownSubset& subset) {
  for (const KnownSubset* at = &subset; at != nullptr; at = panel.knowledge.find(at->parent)) {
    for (const auto& entry : at->core) {
      if (panel.has_marker(entry.first) && panel.blindness(entry.first, *at) != nullptr)
        return true;
    }
  }
  return false;
}

}  // namespace

const BlindMarker* PanelSubsets::blindness(const std::string& marker,
                                           const KnownSubset& subset) const {
  for (const KnownSubset* at = knowledge.find(subset.parent); at != nullptr;
       at = knowledge.find(at->parent)) {
    for (const BlindMarker& one : blind) {
      if (one.marker == marker && one.population == at->id) return &one;
    }
  }
  return nullptr;
}

PanelSubsets fit_to_panel(const Knowledge& knowledge, const std::vector<std::string>& markers,
                          std::vector<BlindMarker> blind) {
  PanelSubsets panel;
  panel.blind = std::move(blind);
  panel.knowledge = knowledge;
  for (std::size_t row = 0; row < markers.size(); ++row) panel.row_of[markers[row]] = row;
  for (KnownSubset& subset : panel.knowledge.subsets) {
    take_rule_that_fits(panel, subset);
    drop_blind(panel, subset);
  }
  for (KnownSubset& subset : panel.knowledge.subsets) {
    take_place_of_parent(panel, subset);
    if (const auto reason = obstacle(panel, subset)) {
      panel.unresolved.push_back({subset.id, subset.name, *reason, is_blind_below(panel, subset)});
      continue;
    }
    panel.index_of[subset.id] = static_cast<std::int16_t>(panel.resolved.size());
    const std::int16_t parent =
        subset.parent.empty() ? std::int16_t{-1} : panel.index_of.at(subset.parent);
    panel.resolved.push_back({subset.id, subset.name, parent, subset.is_overlay, 0.0});
  }
  return panel;
}

}  // namespace gateless::annotate
