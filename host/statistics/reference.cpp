#include "host/statistics/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace gateless::statistics {
namespace {

constexpr double kFar = 2.0;            // times the end of a range
constexpr double kMostOfParent = 0.6;   // of the parent: a level that was placed wrongly
constexpr double kFewestEvents = 200;   // of the denominator
constexpr double kExpectedEvents = 20;  // at the low end of the range

/// The widest range that the sources give for each subset and denominator.
std::vector<ReferenceRange> widest(const std::vector<ReferenceRange>& ranges) {
  std::vector<ReferenceRange> joined;
  for (const ReferenceRange& range : ranges) {
    const auto same = std::find_if(joined.begin(), joined.end(), [&](const auto& known) {
      return known.subset == range.subset && known.of == range.of;
    });
    if (same == joined.end()) {
      joined.push_back(range);
      continue;
    }
    same->low = std::min(same->low, range.low);
    same->high = std::max(same->high, range.high);
    same->population += "; " + range.population;
  }
  return joined;
}

using Place = std::pair<std::string, std::string>;  // sample and panel, subset

std::string percent(double fraction) {
  const double value = 100.0 * fraction;
  return value >= 10.0 || value == 0.0 ? fmt::format("{:.0f} %", value)
                                       : fmt::format("{:.2g} %", value);
}

std::string limits(const ReferenceRange& range, bool is_fraction) {
  const auto show = [&](double value) {
    return is_fraction ? percent(value) : fmt::format("{:.0f}", value);
  };
  if (range.low <= 0.0) return "at most " + show(range.high);
  if (std::isinf(range.high)) return "at least " + show(range.low);
  return show(range.low) + " to " + show(range.high);
}

/// A value of one sample, beside what it is of.
struct Value {
  double value = 0.0;
  double events = 0.0, of_events = 0.0;
  bool is_healthy = false;
};

bool is_implausible(const Value& value, const ReferenceRange& range) {
  const bool is_fraction = !range.of.empty();
  if (value.of_events < kFewestEvents) return false;
  const bool is_most = is_fraction && value.value > kMostOfParent && range.high < kMostOfParent;
  if (!value.is_healthy) return is_most;
  const bool is_absent = is_fraction && value.events < 0.5 && range.low > 0.0 &&
                         range.low * value.of_events >= kExpectedEvents;
  const bool is_low = value.value * kFar < range.low &&
                      (!is_fraction || range.low * value.of_events >= kExpectedEvents);
  return is_most || is_absent || is_low || value.value > kFar * range.high;
}

}  // namespace

std::vector<ImplausibleRow> implausible_fractions(const std::vector<AbundanceRow>& abundance,
                                                  const std::vector<ReferenceRange>& ranges,
                                                  const std::string& healthy_group) {
  std::map<Place, const AbundanceRow*> row_of;
  const auto key = [](const AbundanceRow& row, const std::string& subset) {
    return Place{row.sample + '\n' + row.panel, subset};
  };
  for (const AbundanceRow& row : abundance) row_of.emplace(key(row, row.subset), &row);
  std::vector<ImplausibleRow> found;
  for (const ReferenceRange& range : widest(ranges)) {
    for (const AbundanceRow& row : abundance) {
      if (row.subset != range.subset || row.is_withheld) continue;
      Value value{.events = row.events, .is_healthy = row.group == healthy_group};
      std::string of;
      if (range.of.empty()) {
        if (!row.cells_per_ul) continue;
        value.value = *row.cells_per_ul;
        value.of_events = row.parent_events;
      } else {
        const auto whole = row_of.find(key(row, range.of));
        if (whole == row_of.end() || whole->second->events <= 0.0) continue;
        value.of_events = whole->second->events;
        value.value = row.events / value.of_events;
        of = " of " + whole->second->name;
      }
      if (!is_implausible(value, range)) continue;
      const bool is_fraction = !range.of.empty();
      found.push_back(
          {.sample = row.sample,
           .patient = row.patient,
           .visit = row.visit,
           .panel = row.panel,
           .subset = row.subset,
           .name = row.name,
           .reason = fmt::format(
               "{} {} {}{}, where healthy people have {} ({})", row.name,
               is_fraction ? "are" : "number",
               is_fraction ? percent(value.value) : fmt::format("{:.0f} per \u00B5L", value.value),
               of, limits(range, is_fraction), range.population)});
    }
  }
  return found;
}

}  // namespace gateless::statistics
