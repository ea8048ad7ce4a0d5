#include "host/annotate/class_rules.hpp"

#include <algorithm>
#include <set>

#include "host/core/level_tiers.hpp"

namespace gateless::annotate {
namespace {

/// A subset that is itself divided is a class for each of its parts: transitional and activated naive B cells
/// differ in more than what they share, and together make a poor single class. None where it is not divided,
/// or in more than one way.
std::vector<ClassRules> parts_of(const KnownSubset& subset, const MarkerLevels& support,
                                 const PanelSubsets& subsets) {
  std::vector<ClassRules> parts;
  std::set<std::string> partitions;
  const std::int16_t index = subsets.index_of.at(subset.id);
  for (const KnownSubset& part : subsets.knowledge.subsets) {
    if (part.parent != subset.id || part.is_overlay || !subsets.has_subset(part.id)) continue;
    if (!asks_for_any(part.core, subsets)) continue;  // it stands for its parent
    partitions.insert(part.partition);
    MarkerLevels levels = part.core;
    levels.insert(part.support.begin(), part.support.end());
    levels.insert(support.begin(), support.end());
    for (const auto& entry : subset.core) levels.erase(entry.first);
    parts.push_back({.subset = index, .core = subset.core, .support = levels});
  }
  if (partitions.size() != 1 || parts.size() < 2) return {};
  // what none of its parts describes
  parts.push_back({.subset = index, .core = subset.core, .support = support});
  return parts;
}

}  // namespace

bool names_all(const MarkerLevels& rule, const PanelSubsets& subsets) {
  return std::all_of(rule.begin(), rule.end(),
                     [&](const auto& entry) { return subsets.has_marker(entry.first); });
}

bool asks_for_any(const MarkerLevels& rule, const PanelSubsets& subsets) {
  return std::any_of(rule.begin(), rule.end(),
                     [&](const auto& entry) { return subsets.has_marker(entry.first); });
}

std::vector<ClassRules> rules_of(const KnownSubset& subset, bool is_lineage, bool is_corner,
                                 const PanelSubsets& subsets) {
  const std::int16_t index = subsets.index_of.at(subset.id);
  MarkerLevels support = subset.support;
  for (const auto& [marker, levels] : subset.require_any) support.emplace(marker, levels);
  std::vector<ClassRules> rules;
  if (!is_lineage && !is_corner) rules = parts_of(subset, support, subsets);
  if (rules.empty())
    rules.push_back(
        {.subset = index, .core = subset.core, .support = support, .is_corner = is_corner});
  for (const std::vector<MarkerLevels>& others : subset.also) {
    const auto other = std::find_if(others.begin(), others.end(), [&](const MarkerLevels& one) {
      return names_all(one, subsets);
    });
    if (other == others.end()) continue;
    MarkerLevels with = support;
    for (const auto& entry : *other) with.erase(entry.first);
    rules.push_back({.subset = index, .core = *other, .support = with, .is_further = true});
  }
  return rules;
}

std::optional<std::vector<Level>> levels_asked(const MarkerLevels& rule,
                                               const std::string& marker) {
  const auto found = rule.find(marker);
  if (found == rule.end()) return std::nullopt;
  return found->second;
}

std::optional<std::vector<Level>> levels_asked_of_dump(const MarkerLevels& rule,
                                                       const std::vector<std::string>& markers) {
  bool is_negative = false;
  for (const std::string& marker : markers) {
    const auto found = rule.find(marker);
    if (found == rule.end()) continue;
    if ((allowed_tiers(found->second, 0) & kNegTier) == 0) return std::vector<Level>{Level::kPos};
    is_negative = is_negative || found->second == std::vector<Level>{Level::kNeg};
  }
  if (!is_negative) return std::nullopt;
  return std::vector<Level>{Level::kNeg};
}

}  // namespace gateless::annotate
