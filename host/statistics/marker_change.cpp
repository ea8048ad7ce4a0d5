#include "host/statistics/marker_change.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/core/distribution.hpp"
#include "host/statistics/series.hpp"
#include "host/statistics/tests.hpp"

namespace gateless::statistics {
namespace {

/// A subset's markers in one patient at one visit.
struct VisitMedians {
  double events = 0.0;
  std::vector<double> sums;  ///< [markers], medians weighted by events
};

/// A subset of one panel.
struct Population {
  std::string panel, subset, name;
  std::vector<std::string> markers;
  std::vector<std::vector<double>> spreads;                            ///< [markers][samples]
  std::map<std::pair<std::string, std::string>, VisitMedians> visits;  ///< (patient, visit)

  void add(const MarkerMediansRow& row) {
    VisitMedians& visit = visits[{row.patient, row.visit}];
    const auto events = static_cast<double>(row.events);
    visit.events += events;
    visit.sums.resize(markers.size());
    for (std::size_t m = 0; m < markers.size(); ++m) {
      visit.sums[m] += events * row.markers[m].median;
      spreads[m].push_back(row.markers[m].spread);
    }
  }
  [[nodiscard]] Number median(std::size_t marker, const std::string& patient,
                              const std::string& visit, double fewest) const {
    const auto found = visits.find({patient, visit});
    if (found == visits.end() || found->second.events <= fewest) return std::nullopt;
    return found->second.sums[marker] / found->second.events;
  }
};

std::vector<Population> populations_of(const std::vector<MarkerMediansRow>& rows,
                                       const Study& study) {
  std::set<std::string> controls;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) controls.insert(sample.file);
  }
  std::vector<Population> populations;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (const MarkerMediansRow& row : rows) {
    if (controls.contains(row.sample)) continue;
    const auto [place, is_new] =
        places.try_emplace(std::pair(row.panel, row.subset), populations.size());
    if (is_new) {
      Population& added = populations.emplace_back();
      added.panel = row.panel;
      added.subset = row.subset;
      added.name = row.name;
      for (const MarkerMedian& marker : row.markers) added.markers.push_back(marker.marker);
      added.spreads.resize(added.markers.size());
    }
    populations[place->second].add(row);
  }
  return populations;
}

MarkerChangeRow row_of(const Population& population, std::size_t marker, const Course& course,
                       const CompareOptions& options, const std::string& visit) {
  MarkerChangeRow row;
  row.panel = population.panel;
  row.subset = population.subset;
  row.name = population.name;
  row.marker = population.markers[marker];
  row.comparison = fmt::format("{} - {}", visit, options.baseline);
  std::vector<double> before, after, differences;
  for (const std::string& patient : course.patients) {
    const double fewest = options.limits.quantifiable;
    const Number first = population.median(marker, patient, options.baseline, fewest);
    const Number second = population.median(marker, patient, visit, fewest);
    if (!first || !second) continue;
    before.push_back(*first);
    after.push_back(*second);
    differences.push_back(*second - *first);
    row.patients_up += *second > *first ? 1U : 0U;
    row.patients_down += *second < *first ? 1U : 0U;
  }
  row.patients = differences.size();
  row.median_before = median_of(before);
  row.median_after = median_of(after);
  row.spread = median_of(population.spreads[marker]);
  const Shift shift = hodges_lehmann(differences);
  row.change = shift.estimate;
  if (shift.interval) {
    row.change_low = shift.interval->low;
    row.change_high = shift.interval->high;
  }
  const SignedRankTest test = signed_rank_test(differences);
  row.test = test.is_exact ? "exact paired Wilcoxon" : "paired Wilcoxon";
  row.p = test.p;
  row.p_floor = test.p_floor;
  return row;
}

}  // namespace

std::vector<MarkerChangeRow> compare_markers(const std::vector<MarkerMediansRow>& rows,
                                             const Study& study, const DefiningMarkers& defining) {
  const Course course = course_of(study);
  std::vector<MarkerChangeRow> changes;
  for (const Population& population : populations_of(rows, study)) {
    const auto told_by = defining.find({population.panel, population.subset});
    for (std::size_t marker = 0; marker < population.markers.size(); ++marker) {
      if (told_by != defining.end() && told_by->second.contains(population.markers[marker]))
        continue;
      for (const std::string& visit : course.visits) {
        MarkerChangeRow row = row_of(population, marker, course, study.compare, visit);
        if (row.patients > 0) changes.push_back(std::move(row));
      }
    }
  }
  std::vector<Number> p;
  for (const MarkerChangeRow& row : changes) p.push_back(row.p);
  const std::vector<Number> q = benjamini_hochberg(p);
  for (std::size_t i = 0; i < changes.size(); ++i) changes[i].q = q[i];
  return changes;
}

}  // namespace gateless::statistics
