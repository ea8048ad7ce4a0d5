#include "host/annotate/class_design.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace gateless::annotate {

LevelSet all_levels(const MarkerDesign& marker) {
  return static_cast<LevelSet>((1U << marker.levels.size()) - 1U);
}

void add_uncovered(MixtureDesign& mixture, std::int16_t rest_subset) {
  std::vector<std::size_t> core;  // markers with a core rule
  std::size_t combinations = 1;
  for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
    const bool is_core = std::any_of(
        mixture.classes.begin(), mixture.classes.end(),
        [m](const ClassDesign& one) { return one.rules[m].is_core && !one.is_further; });
    if (!is_core) continue;
    core.push_back(m);
    combinations *= mixture.markers[m].levels.size();
  }
  if (core.empty()) return;
  std::vector<ClassDesign> uncovered;
  for (std::size_t combination = 0; combination < combinations; ++combination) {
    ClassDesign one{rest_subset, {}};
    for (const MarkerDesign& marker : mixture.markers)
      one.rules.push_back({all_levels(marker), false});
    std::size_t rest = combination;
    for (const std::size_t m : core) {
      const std::size_t levels = mixture.markers[m].levels.size();
      one.rules[m] = {static_cast<LevelSet>(1U << (rest % levels)), true};
      rest /= levels;
    }
    const bool is_covered =
        std::any_of(mixture.classes.begin(), mixture.classes.end(), [&](const ClassDesign& other) {
          // A further rule that asks for another marker covers a part of the combination only.
          for (std::size_t m = 0; m < other.rules.size(); ++m) {
            if (other.rules[m].is_core && std::find(core.begin(), core.end(), m) == core.end())
              return false;
          }
          return std::all_of(core.begin(), core.end(), [&](std::size_t m) {
            return !other.rules[m].is_core || (other.rules[m].allowed & one.rules[m].allowed) != 0;
          });
        });
    if (!is_covered) uncovered.push_back(one);
  }
  constexpr std::size_t kMostClasses = 8;
  mixture.has_other = uncovered.size() > kMostClasses;
  if (!mixture.has_other) {
    mixture.classes.insert(mixture.classes.end(), uncovered.begin(), uncovered.end());
  }
}

bool are_quadrants(const MixtureDesign& mixture) {
  for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
    const bool is_core = std::any_of(mixture.classes.begin(), mixture.classes.end(),
                                     [m](const ClassDesign& one) { return one.rules[m].is_core; });
    if (is_core && (mixture.markers[m].levels.size() != 2 || mixture.markers[m].is_scatter ||
                    mixture.markers[m].highest_is_bright))
      return false;
  }
  for (const ClassDesign& a : mixture.classes) {
    for (const ClassDesign& b : mixture.classes) {
      if (a.subset == b.subset) continue;
      bool is_apart = false;
      for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
        is_apart = is_apart || (a.rules[m].is_core && b.rules[m].is_core &&
                                (a.rules[m].allowed & b.rules[m].allowed) == 0);
      }
      if (!is_apart) return false;
    }
  }
  return mixture.classes.size() > 1;
}

void drop_support(MixtureDesign& mixture) {
  for (std::size_t m = mixture.markers.size(); m-- > 0;) {
    const bool is_core = std::any_of(mixture.classes.begin(), mixture.classes.end(),
                                     [m](const ClassDesign& one) { return one.rules[m].is_core; });
    if (is_core) continue;
    const auto at = static_cast<std::ptrdiff_t>(m);
    mixture.markers.erase(mixture.markers.begin() + at);
    for (ClassDesign& one : mixture.classes) one.rules.erase(one.rules.begin() + at);
  }
  std::vector<ClassDesign> kept;
  for (const ClassDesign& one : mixture.classes) {
    const bool is_there = std::any_of(kept.begin(), kept.end(), [&](const ClassDesign& other) {
      return other.subset == one.subset && other.rules == one.rules;
    });
    if (!is_there) kept.push_back(one);
  }
  mixture.classes = std::move(kept);
}

}  // namespace gateless::annotate
