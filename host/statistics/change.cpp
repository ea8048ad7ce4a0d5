#include "host/statistics/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "host/statistics/noise.hpp"
#include "host/statistics/over_visits.hpp"
#include "host/statistics/patient_change.hpp"
#include "host/statistics/series.hpp"
#include "host/statistics/tests.hpp"

namespace gateless {
namespace {

NoiseEstimate noise_of(const std::vector<SubsetSeries>& all, const Course& course,
                       const std::string& baseline) {
  std::vector<NoisePair> pairs;
  for (std::size_t subset = 0; subset < all.size(); ++subset) {
    for (const std::string& patient : course.everyone) {
      for (const std::string& visit : course.visits) {
        const AbundanceRow* before = all[subset].find(patient, baseline);
        const AbundanceRow* after = all[subset].find(patient, visit);
        if (before == nullptr || after == nullptr) continue;
        if (before->detection != Detection::kQuantifiable ||
            after->detection != Detection::kQuantifiable)
          continue;
        const Share first = share_of(*before, all[subset].is_ratio),
                    second = share_of(*after, all[subset].is_ratio);
        pairs.push_back(
            {.subset = subset,
             .difference = second.log_odds() - first.log_odds(),
             .counting_variance = first.counting_variance() + second.counting_variance(),
             .is_primary = all[subset].is_primary});
      }
    }
  }
  return estimate_noise(pairs, all.size());
}

Call call_of(const AbundanceRow& before, const AbundanceRow& after, bool is_ratio,
             const LogChange& change, const CompareOptions& options) {
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
  if (2 * pairs.quantifiable >= pairs.differences.size()) row.p = test.p;
  const RankCorrelation activity =
      spearman(pairs.activity_changes, pairs.differences_with_activity);
  row.activity_rho = activity.rho;
  row.activity_p = activity.p;
  return row;
}

void add_false_discovery_rates(std::vector<ChangeRow>& rows) {
  for (const char* family : {"primary", "exploratory"}) {
    std::vector<Number> p;
    for (const ChangeRow& row : rows) p.push_back(row.family == family ? row.p : std::nullopt);
    const std::vector<Number> q = benjamini_hochberg(p);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].family == family) rows[i].q = q[i];
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
      add_pair(of_visit[visit], row,
               course.activity_change(patient, baseline, course.visits[visit]));
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

}  // namespace

Comparison compare_visits(const std::vector<AbundanceRow>& rows, const Study& study,
                          const ComparisonPlan& plan) {
  const std::vector<SubsetSeries> all = series_of(rows, study, plan);
  const Course course = course_of(study);
  const NoiseEstimate noise = noise_of(all, course, study.compare.baseline);
  Comparison comparison{.patients = {},
                        .changes = {},
                        .noise = std::sqrt(noise.pooled),
                        .warnings = warnings_of(study, course)};
  for (std::size_t subset = 0; subset < all.size(); ++subset) {
    compare_subset(all[subset], course, study.compare, noise.subset[subset], comparison);
  }
  add_false_discovery_rates(comparison.changes);
  return comparison;
}

}  // namespace gateless
