#include "host/annotate/corner_design.hpp"

#include <algorithm>

#include "host/core/level_tiers.hpp"

namespace gateless::annotate {
namespace {

bool asks_high(const MarkerLevels& core, const std::string& marker) {
  const auto found = core.find(marker);
  return found != core.end() && found->second == std::vector<Level>{Level::kHigh};
}

/// A rule that is a corner by itself: what it and its siblings ask of the two markers gives way to it, and what only
/// supports them, too.
std::optional<Corner> take_named_corner(std::vector<ClassRules>& rules,
                                        const PanelSubsets& subsets) {
  const auto named = std::find_if(rules.begin(), rules.end(), [&](const ClassRules& rule) {
    return rule.is_corner && rule.core.size() == 2 && names_all(rule.core, subsets);
  });
  if (named == rules.end()) return std::nullopt;
  const auto is_down = [](const auto& entry) {
    return (allowed_tiers(entry.second, kHighTier) & kNegTier) != 0;
  };
  const auto &x = *named->core.begin(), &y = *named->core.rbegin();
  Corner corner{x.first, y.first, {}, is_down(x), is_down(y)};
  const std::int16_t asked = named->subset;
  std::vector<ClassRules> kept;  // parts of a sibling become alike
  for (ClassRules& rule : rules) {
    rule.core.erase(corner.x);
    rule.core.erase(corner.y);
    rule.support.clear();
    const bool is_there = std::any_of(kept.begin(), kept.end(), [&](const ClassRules& other) {
      return other.subset == rule.subset && other.core == rule.core;
    });
    if (is_there) continue;
    corner.is_asked.push_back(rule.subset == asked);
    kept.push_back(rule);
  }
  rules = std::move(kept);
  return corner;
}

}  // namespace

std::optional<Corner> take_corner(std::vector<ClassRules>& rules, const PanelSubsets& subsets) {
  if (std::optional<Corner> named = take_named_corner(rules, subsets)) return named;
  Corner corner;
  for (const ClassRules& rule : rules) {
    std::vector<std::string> bright;
    for (const auto& entry : rule.core) {
      if (asks_high(rule.core, entry.first) && subsets.has_marker(entry.first))
        bright.push_back(entry.first);
    }
    if (bright.size() != 2) continue;
    corner.x = bright[0];
    corner.y = bright[1];
    break;
  }
  if (corner.x.empty()) return std::nullopt;
  for (ClassRules& rule : rules) {
    corner.is_asked.push_back(asks_high(rule.core, corner.x) && asks_high(rule.core, corner.y));
    if (!corner.is_asked.back()) continue;
    rule.core.erase(corner.x);
    rule.core.erase(corner.y);
  }
  return corner;
}

CornerAxis axis_of(const Corner& corner, const PanelSubsets& subsets) {
  CornerAxis axis;
  axis.x = subsets.row_of.at(corner.x);
  axis.y = subsets.row_of.at(corner.y);
  if (corner.is_x_down) axis.x_sd = -1.0;
  if (corner.is_y_down) axis.y_sd = -1.0;
  return axis;
}

void add_corner(MixtureDesign& mixture, const Corner& corner, std::size_t row) {
  MarkerDesign marker;
  marker.marker = row;
  marker.levels = {"-/+", "high"};
  marker.highest_is_bright = marker.is_corner = true;
  marker.is_opposed = corner.is_x_down != corner.is_y_down;
  marker.lowest_is_negative = false;
  mixture.markers.push_back(marker);
  for (std::size_t c = 0; c < mixture.classes.size(); ++c)
    mixture.classes[c].rules.push_back({static_cast<LevelSet>(corner.is_asked[c] ? 2 : 1), true});
}

}  // namespace gateless::annotate
