#include "host/statistics/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "host/core/distribution.hpp"
#include "host/statistics/correlation.hpp"
#include "host/statistics/over_visits.hpp"
#include "host/statistics/patient_change.hpp"
#include "host/statistics/series.hpp"
#include "host/statistics/study_noise.hpp"
#include "host/statistics/tests.hpp"

namespace gateless::statistics {
namespace {

Call call_of(const AbundanceRow& before, const AbundanceRow& after, bool is_ratio,
             const LogChange& change, const CompareOptions& options) {
  if (before.is_withheld || after.is_withheld) return Call::kNotQuantifiable;
  // Of a handful of parent events no fraction can be told, however many the other sample has.
  if (std::min(before.parent_events, after.parent_events) < options.limits.detected)
    return Call::kNotQuantifiable;
  if (!is_quantifiable(before, after, is_ratio, options.limits.quantifiable))
    return Call::kNotQuantifiable;
  // A common subset's log odds can move surely by what matters to nobody: 96 % to 98 % of the parent.
  const double start = *before.fraction_of_parent;
  if (std::abs(*after.fraction_of_parent - start) < options.smallest_change * start)
    return Call::kNoChange;
  if (change.interval.low > 0.0) return Call::kUp;
  return change.interval.high < 0.0 ? Call::kDown : Call::kNoChange;
}

PatientRow patient_row(const SubsetSeries& series, const AbundanceRow& before,
                       const AbundanceRow& after, double noise, const CompareOptions& options) {
  const LogChange change =
      log_change(share_of(before, series.is_ratio), share_of(after, series.is_ratio), noise);
  PatientRow row;
  row.subset = series.id;
  row.name = series.name;
  row.patient = after.patient;
  row.visit = after.visit;
  row.before = before.fraction_of_parent;
  row.after = after.fraction_of_parent;
  row.p = change.p;
  row.detection_before = before.detection;
  row.detection_after = after.detection;
  row.call = call_of(before, after, series.is_ratio, change, options);
  const double start = *before.fraction_of_parent;
  if (start <= 0.0) return row;
  row.change = *after.fraction_of_parent / start - 1.0;
  row.low = std::min(*row.change, std::expm1(change.interval.low));
  const double high = std::max(*row.change, std::expm1(change.interval.high));
  if (std::isfinite(high)) row.high = high;
  return row;
}

/// What a row of changes.csv is made from.
struct Pairs {
  std::vector<double> before, after, differences;
  std::vector<double> activity_changes, differences_with_activity;
  std::size_t quantifiable = 0, up = 0, down = 0;
};

ChangeRow change_row(const SubsetSeries& series, const std::string& comparison,
                     const Pairs& pairs) {
  ChangeRow row;
  row.subset = series.id;
  row.name = series.name;
  row.comparison = comparison;
  row.denominator = series.parent;
  row.patients = pairs.differences.size();
  row.patients_quantifiable = pairs.quantifiable;
  row.median_before = median_of(pairs.before);
  row.median_after = median_of(pairs.after);
  row.patients_up = pairs.up;
  row.patients_down = pairs.down;
  row.family = series.is_primary ? "primary" : "exploratory";
  const Shift shift = hodges_lehmann(pairs.differences);
  row.change = shift.estimate;
  if (shift.interval) {
    row.change_low = shift.interval->low;
    row.change_high = shift.interval->high;
  }
  const SignedRankTest test = signed_rank_test(pairs.differences);
  row.test = test.is_exact ? "exact paired Wilcoxon" : "paired Wilcoxon";
  row.p_floor = test.p_floor;
  if (2 * pairs.quantifiable < pairs.differences.size()) return row;
  row.p = test.p;
  const RankCorrelation activity =
      spearman(pairs.activity_changes, pairs.differences_with_activity);
  row.activity_rho = activity.rho;
  row.activity_p = activity.p;
  return row;
}

/// Fills `q` from `p` over the rows that `is_of_family`.
template <class IsOfFamily>
void add_family(std::vector<ChangeRow>& rows, Number ChangeRow::*p, Number ChangeRow::*q,
                const IsOfFamily& is_of_family) {
  std::vector<Number> all;
  for (const ChangeRow& row : rows) all.push_back(is_of_family(row) ? row.*p : std::nullopt);
  const std::vector<Number> adjusted = benjamini_hochberg(all);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_of_family(rows[i])) rows[i].*q = adjusted[i];
  }
}

/// Over all tests of a family; and the correlations with activity over the subsets of a family at one visit.
void add_false_discovery_rates(std::vector<ChangeRow>& rows) {
  std::set<std::string> comparisons;
  for (const ChangeRow& row : rows) comparisons.insert(row.comparison);
  for (const char* family : {"primary", "exploratory"}) {
    add_family(rows, &ChangeRow::p, &ChangeRow::q,
               [&](const ChangeRow& row) { return row.family == family; });
    for (const std::string& comparison : comparisons) {
      add_family(rows, &ChangeRow::activity_p, &ChangeRow::activity_q, [&](const ChangeRow& row) {
        return row.family == family && row.comparison == comparison;
      });
    }
  }
}

/// Adds a patient's pair of one visit to what that visit's row is made from.
void add_pair(Pairs& pairs, const PatientRow& row, const Number& activity_change) {
  pairs.before.push_back(*row.before);
  pairs.after.push_back(*row.after);
  pairs.differences.push_back(*row.after - *row.before);
  pairs.quantifiable += row.call != Call::kNotQuantifiable ? 1U : 0U;
  pairs.up += row.call == Call::kUp ? 1U : 0U;
  pairs.down += row.call == Call::kDown ? 1U : 0U;
  if (!activity_change) return;
  pairs.activity_changes.push_back(*activity_change);
  pairs.differences_with_activity.push_back(pairs.differences.back());
}

/// Adds the rows of one subset.
void compare_subset(const SubsetSeries& series, const Course& course, const CompareOptions& options,
                    double noise, Comparison& comparison) {
  const std::string& baseline = options.baseline;
  std::vector<Pairs> of_visit(course.visits.size());
  for (const std::string& patient : course.patients) {
    const AbundanceRow* before = series.find(patient, baseline);
    for (std::size_t visit = 0; visit < course.visits.size(); ++visit) {
      const AbundanceRow* after = series.find(patient, course.visits[visit]);
      if (before == nullptr || after == nullptr) continue;
      const PatientRow row = patient_row(series, *before, *after, noise, options);
      if (!before->is_withheld && !after->is_withheld) {
        add_pair(of_visit[visit], row,
                 course.activity_change(patient, baseline, course.visits[visit]));
      }
      comparison.patients.push_back(row);
    }
  }
  for (std::size_t visit = 0; visit < course.visits.size(); ++visit) {
    if (of_visit[visit].differences.empty()) continue;
    comparison.changes.push_back(change_row(
        series, fmt::format("{} - {}", course.visits[visit], baseline), of_visit[visit]));
  }
  for (ChangeRow row : rows_over_visits(series, course, options, noise)) {
    row.family = series.is_primary ? "primary" : "exploratory";
    comparison.changes.push_back(std::move(row));
  }
}

/// Patients with a baseline and a later visit who are in no row: their samples are of different panels.
void warn_of_uncompared(const Study& study, const Course& course, Comparison& comparison) {
  if (comparison.patients.empty()) return;
  std::set<std::string> compared;
  for (const PatientRow& row : comparison.patients) compared.insert(row.patient);
  std::map<std::string, std::set<std::string>> visits;
  for (const Sample& sample : study.samples) {
    if (!sample.is_control) visits[sample.patient].insert(sample.visit);
  }
  std::string names;
  for (const std::string& patient : course.patients) {
    const std::set<std::string>& own = visits[patient];
    const bool has_pair = own.size() > 1 && own.contains(study.compare.baseline);
    if (has_pair && !compared.contains(patient)) names += (names.empty() ? "" : ", ") + patient;
  }
  if (names.empty()) return;
  comparison.warnings.push_back(
      fmt::format("no visit of {} is compared: no subset was measured both at '{}' and later, as "
                  "the files are of "
                  "different panels",
                  names, study.compare.baseline));
}

}  // namespace

Comparison compare_visits(const std::vector<AbundanceRow>& rows, const Study& study,
                          const ComparisonPlan& plan) {
  const std::vector<SubsetSeries> all = series_of(rows, study, plan);
  const Course course = course_of(study);
  std::vector<std::string> warnings = warnings_of(study, course);
  const NoiseEstimate noise = noise_of_study(all, course, study.compare.baseline, warnings);
  Comparison comparison{.patients = {},
                        .changes = {},
                        .noise = std::sqrt(noise.pooled),
                        .warnings = std::move(warnings)};
  for (std::size_t subset = 0; subset < all.size(); ++subset) {
    compare_subset(all[subset], course, study.compare, noise.subset[subset], comparison);
  }
  add_false_discovery_rates(comparison.changes);
  warn_of_uncompared(study, course, comparison);
  return comparison;
}

}  // namespace gateless::statistics
