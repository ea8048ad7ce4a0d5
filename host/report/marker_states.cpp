#include "host/report/marker_states.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/report/sentences.hpp"

namespace gateless::report {
namespace {

constexpr double kFalseDiscoveries = 0.05;
constexpr double kVisible = 0.3;  ///< spreads of the cells: a median at the 62 % quantile of before
constexpr double kMoreThanParent =
    1.25;  ///< a part is told beside its whole only if it changed more
constexpr std::size_t kMarkersTold = 6;
constexpr std::size_t kSubsetsTold = 4;
constexpr std::size_t kFewestToShare = 3;  ///< subsets, for a marker to be one that all cells share

using Row = MarkerChangeRow;

double size_of(const Row& row) {
  return row.spread && *row.spread > 0.0 ? std::abs(*row.change) / *row.spread : 0.0;
}

bool is_told(const Row& row) {
  return row.q && *row.q < kFalseDiscoveries && size_of(row) >= kVisible;
}

/// One marker of one panel at the visit.
struct Marker {
  std::string name;
  std::size_t tested = 0;
  std::vector<const Row*> up, down;  ///< told, the largest first

  [[nodiscard]] double size() const {
    double largest = 0.0;
    for (const auto& side : {up, down}) {
      for (const Row* row : side) largest = std::max(largest, size_of(*row));
    }
    return largest;
  }
  [[nodiscard]] bool is_shared() const {
    return tested >= kFewestToShare && std::max(up.size(), down.size()) == tested;
  }
};

/// Parts of a population that changed as it did say nothing new.
void drop_parts(std::vector<const Row*>& rows, const std::map<std::string, std::string>& parents) {
  const std::vector<const Row*> all = rows;
  std::erase_if(rows, [&](const Row* row) {
    std::size_t steps = 0;  // a table that others changed may run in circles
    for (auto up = parents.find(row->subset); up != parents.end() && steps++ < parents.size();
         up = parents.find(up->second)) {
      const auto whole = std::find_if(
          all.begin(), all.end(), [&](const Row* other) { return other->subset == up->second; });
      if (whole != all.end() &&
          std::abs(*row->change) < kMoreThanParent * std::abs(*(*whole)->change))
        return true;
    }
    return false;
  });
}

std::string side_in_words(const std::vector<const Row*>& rows, const char* way) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(rows.size(), kSubsetsTold); ++i) {
    const Row& row = *rows[i];
    parts.push_back(fmt::format("{} ({} \u2192 {}, {} of {} patients, {})", row.name,
                                with_minus(fmt::format("{:.2f}", *row.median_before)),
                                with_minus(fmt::format("{:.2f}", *row.median_after)),
                                std::max(row.patients_up, row.patients_down), row.patients,
                                probability_text("q", *row.q)));
  }
  if (rows.size() > kSubsetsTold)
    parts.push_back(counted(rows.size() - kSubsetsTold, "more population"));
  return fmt::format("{} in {}", way, fmt::join(parts, ", "));
}

std::string line_of(const Marker& marker) {
  std::string text = marker.name + " ";
  if (!marker.up.empty()) text += side_in_words(marker.up, "higher");
  if (!marker.down.empty())
    text += (marker.up.empty() ? "" : "; ") + side_in_words(marker.down, "lower");
  return text;
}

std::string shared_in_words(const std::vector<Marker>& markers) {
  std::vector<std::string> up, down, sides;
  for (const Marker& marker : markers) {
    if (marker.is_shared()) (marker.up.empty() ? down : up).push_back(marker.name);
  }
  if (!up.empty()) sides.push_back(joined(up) + " higher");
  if (!down.empty()) sides.push_back(joined(down) + " lower");
  if (sides.empty()) return "";
  return fmt::format(
      "In every population that was tested: {}. What all cells share may be the condition, the "
      "stain or the handling.",
      fmt::join(sides, "; "));
}

/// Nothing found is not nothing there: what so few patients can show at all is said with it.
std::string nothing_told(const MarkerStates& states, const Number& least, const Number& floor) {
  if (!least || !floor) return "cannot be told, as too few patients have enough of the cells";
  const std::string can_give = fmt::format("{} cannot give a p below {}",
                                           counted(states.patients, "patient"), score_text(*floor));
  if (*floor >= kFalseDiscoveries)
    return fmt::format("a change over all patients cannot be told, as {}", can_give);
  return fmt::format(
      "none of {} medians changed over all patients together (smallest {}; {}, so a change of few "
      "markers may be missed)",
      states.tested, probability_text("q", *least), can_give);
}

}  // namespace

MarkerStates marker_states_of(const Results& results, const std::string& visit) {
  MarkerStates states;
  std::map<std::pair<std::string, std::string>, Marker> by_marker;
  Number least, floor;  // q; the smallest p that so many patients can give
  for (const Row& row : results.marker_changes) {
    if (!row.comparison.starts_with(visit + " ") || !row.change) continue;
    Marker& marker = by_marker[{row.panel, row.marker}];
    marker.name = row.marker;
    ++marker.tested;
    ++states.tested;
    if (row.q && (!least || *row.q < *least)) least = row.q;
    if (row.p_floor && (!floor || *row.p_floor < *floor)) floor = row.p_floor;
    states.patients = std::max(states.patients, row.patients);
    if (is_told(row)) (*row.change > 0.0 ? marker.up : marker.down).push_back(&row);
  }
  if (states.tested == 0) return states;
  std::map<std::string, std::string> parents;
  for (const AbundanceRow& row : results.abundance) {
    if (!row.parent.empty()) parents[row.subset] = row.parent;
  }
  std::vector<Marker> markers;
  for (auto& [key, marker] : by_marker) markers.push_back(std::move(marker));
  std::stable_sort(markers.begin(), markers.end(), [](const Marker& one, const Marker& other) {
    return one.size() > other.size();
  });
  states.shared = shared_in_words(markers);
  for (Marker& marker : markers) {
    if (marker.is_shared() || marker.size() == 0.0) continue;
    if (states.lines.size() == kMarkersTold) {
      ++states.more;
      continue;
    }
    for (std::vector<const Row*>* side : {&marker.up, &marker.down}) {
      drop_parts(*side, parents);
      std::stable_sort(side->begin(), side->end(), [](const Row* one, const Row* other) {
        return size_of(*one) > size_of(*other);
      });
    }
    states.lines.push_back(line_of(marker));
  }
  if (states.lines.empty() && states.shared.empty())
    states.none = nothing_told(states, least, floor);
  return states;
}

}  // namespace gateless::report
