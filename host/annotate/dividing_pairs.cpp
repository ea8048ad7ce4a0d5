#include "host/annotate/dividing_pairs.hpp"

#include <algorithm>
#include <set>

namespace gateless::annotate {
namespace {

constexpr std::size_t kAllPairsUpTo = 3;  // markers
constexpr std::size_t kMostPairs = 3;
constexpr std::size_t kMostNames = 2;  // in one part

bool is_corner(const SubsetModel& model, const LearnedMarker& marker) {
  return marker.marker >= model.markers.size();
}

/// The level that most of a class has; none where any will do.
std::optional<std::size_t> level_of(const SubsetClass& one, std::size_t marker) {
  if (one.is_free[marker] || one.level_share[marker].empty()) return std::nullopt;
  const std::vector<double>& share = one.level_share[marker];
  return static_cast<std::size_t>(std::max_element(share.begin(), share.end()) - share.begin());
}

bool tells_apart(const SubsetClass& one, const SubsetClass& other, std::size_t marker) {
  const auto first = level_of(one, marker), second = level_of(other, marker);
  return first && second && *first != *second;
}

using MarkerPair = std::pair<std::size_t, std::size_t>;

/// Each two of a mixture's markers, or of many those that tell most of what is not told yet.
std::vector<MarkerPair> pairs_of(const SubsetModel& model, const SubsetMixture& mixture) {
  std::vector<std::size_t> markers;
  for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
    if (!is_corner(model, mixture.markers[m])) markers.push_back(m);
  }
  std::vector<MarkerPair> all;
  for (std::size_t i = 0; i < markers.size(); ++i) {
    for (std::size_t j = i + 1; j < markers.size(); ++j) all.emplace_back(markers[i], markers[j]);
  }
  if (markers.size() <= kAllPairsUpTo) return all;
  std::set<MarkerPair> untold;  // classes
  for (std::size_t a = 0; a < mixture.classes.size(); ++a) {
    for (std::size_t b = a + 1; b < mixture.classes.size(); ++b) {
      if (mixture.classes[a].subset != mixture.classes[b].subset) untold.emplace(a, b);
    }
  }
  std::vector<MarkerPair> chosen;
  while (chosen.size() < kMostPairs) {
    const auto told_by = [&](const MarkerPair& pair) {
      std::vector<MarkerPair> told;
      for (const MarkerPair& two : untold) {
        const SubsetClass& one = mixture.classes[two.first];
        const SubsetClass& other = mixture.classes[two.second];
        if (tells_apart(one, other, pair.first) || tells_apart(one, other, pair.second))
          told.push_back(two);
      }
      return told;
    };
    const auto best = std::max_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      return told_by(a).size() < told_by(b).size();
    });
    const std::vector<MarkerPair> told = told_by(*best);
    if (told.empty()) break;
    chosen.push_back(*best);
    for (const MarkerPair& two : told) untold.erase(two);
  }
  return chosen;
}

/// Names of the subsets whose classes ask for one of these levels and make up a good part of the cells there, by the classes that
/// allow both.
std::string name_of_part(const SubsetModel& model, const SubsetMixture& mixture,
                         const DividingPair& pair, std::size_t x_level, std::size_t y_level) {
  constexpr double kGoodPart = 0.25;
  double whole = 0.0;
  std::vector<std::pair<std::int16_t, double>> asking;  // subset, cells
  for (const SubsetClass& one : mixture.classes) {
    bool fits = true, asks = false;
    double cells = one.weight;
    for (const auto& [marker, level] :
         {std::pair(pair.x_marker, x_level), std::pair(pair.y_marker, y_level)}) {
      if (!marker) continue;
      const auto own = level_of(one, *marker);
      fits = fits && (!own || *own == level);
      asks = asks || own.has_value();
      if (!own && level < one.level_share[*marker].size()) cells *= one.level_share[*marker][level];
    }
    if (!fits) continue;
    whole += cells;
    if (asks && one.subset >= 0) asking.emplace_back(one.subset, cells);
  }
  std::vector<std::string> names;
  for (const auto& [subset, cells] : asking) {
    const std::string& name = model.subsets[static_cast<std::size_t>(subset)].name;
    if (cells >= kGoodPart * whole && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }
  if (names.size() > kMostNames) return "";
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::size_t parts_along(const SubsetMixture& mixture, const std::optional<std::size_t>& marker) {
  return marker ? mixture.markers[*marker].levels.size() : 1;
}

void name_parts(const SubsetModel& model, const SubsetMixture& mixture, DividingPair& pair) {
  if (pair.is_corner) {
    pair.y_marker.reset();
    for (const std::size_t level : {std::size_t{0}, std::size_t{1}})
      pair.parts.push_back(name_of_part(model, mixture, pair, level, 0));
    return;
  }
  for (std::size_t y = 0; y < parts_along(mixture, pair.y_marker); ++y) {
    for (std::size_t x = 0; x < parts_along(mixture, pair.x_marker); ++x)
      pair.parts.push_back(name_of_part(model, mixture, pair, x, y));
  }
}

/// A marker by which the parent is told from its siblings, other than the one it stands beside.
std::optional<std::size_t> companion(const SubsetModel& model, std::int16_t parent,
                                     std::size_t row) {
  for (const SubsetMixture& mixture : model.mixtures) {
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset != parent) continue;
      for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
        const std::size_t other = mixture.markers[m].marker;
        if (other != row && !is_corner(model, mixture.markers[m]) && level_of(one, m)) return other;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<DividingPair> dividing_pairs(const SubsetModel& model) {
  std::vector<DividingPair> pairs;
  for (std::size_t index = 0; index < model.mixtures.size(); ++index) {
    const SubsetMixture& mixture = model.mixtures[index];
    const auto add = [&](DividingPair pair) {
      pair.mixture = index;
      name_parts(model, mixture, pair);
      pairs.push_back(std::move(pair));
    };
    for (const auto& [x, y] : pairs_of(model, mixture)) {
      add({.x = mixture.markers[x].marker,
           .y = mixture.markers[y].marker,
           .x_marker = x,
           .y_marker = y});
    }
    for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
      const std::size_t row = mixture.markers[m].marker;
      if (is_corner(model, mixture.markers[m])) {
        const CornerAxis& corner = model.corners[row - model.markers.size()];
        add({.x = corner.x, .y = corner.y, .x_marker = m, .is_corner = true});
      } else if (mixture.markers.size() == 1) {
        if (const auto other = companion(model, mixture.parent, row))
          add({.x = row, .y = *other, .x_marker = m});
      }
    }
  }
  return pairs;
}

}  // namespace gateless::annotate
