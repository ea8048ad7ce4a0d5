#include "host/statistics/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "host/statistics/correlation.hpp"
#include "host/statistics/noise.hpp"
#include "host/statistics/over_visits.hpp"
#include "host/statistics/patient_change.hpp"
#include "host/statistics/ranks.hpp"
#include "host/statistics/series.hpp"
#include "host/statistics/tests.hpp"

namespace gateless {
namespace {

/// Adds two samples of one subset, where both have events enough for their difference to say something of noise.
void add_noise_pair(std::vector<NoisePair>& pairs, std::size_t subset, const SubsetSeries& series,
                    const AbundanceRow* before, const AbundanceRow* after, PairKind kind) {
  if (before == nullptr || after == nullptr) return;
  if (before->detection != Detection::kQuantifiable || after->detection != Detection::kQuantifiable)
    return;
  const Share first = share_of(*before, series.is_ratio),
              second = share_of(*after, series.is_ratio);
  pairs.push_back({.subset = subset,
                   .difference = second.log_odds() - first.log_odds(),
                   .counting_variance = first.counting_variance() + second.counting_variance(),
                   .is_primary = series.is_primary,
                   .kind = kind});
}

/// Pairs of one person's two visits, over the subsets.
struct PersonPairs {
  std::string who;
  std::vector<NoisePair> pairs;

  /// The median size of the differences, in standard errors of counting and the usual noise; 0 for few subsets.
  [[nodiscard]] double typical() const {
    constexpr std::size_t kFewestSubsets = 5;
    constexpr double kUsualVariance = 0.02;  // of two samples with a noise of 10 % each
    if (pairs.size() < kFewestSubsets) return 0.0;
    std::vector<double> sizes;
    for (const NoisePair& pair : pairs)
      sizes.push_back(std::abs(pair.difference) /
                      std::sqrt(pair.counting_variance + kUsualVariance));
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return *middle;
  }
};

/// Those of whom nearly all subsets differ between the visits as in hardly anybody else: such samples say nothing of noise.
/// None where there are many of them, as that is how these people change. [everybody]
std::vector<bool> find_unlike(const std::vector<PersonPairs>& everybody) {
  constexpr double kLarge = 2.5, kAgainstOthers = 3.0;
  constexpr std::size_t kMost = 10;  // one of so many, and one in any study
  std::vector<double> typical;
  for (const PersonPairs& person : everybody) {
    if (!person.pairs.empty()) typical.push_back(person.typical());
  }
  std::vector<bool> is_unlike(everybody.size(), false);
  for (std::size_t one = 0; one < everybody.size(); ++one) {
    if (everybody[one].pairs.empty()) continue;
    std::vector<double> others = typical;
    const double own = everybody[one].typical();
    others.erase(std::find(others.begin(), others.end(), own));
    if (others.size() < 2) continue;
    const auto middle = others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2);
    std::nth_element(others.begin(), middle, others.end());
    is_unlike[one] = own > std::max(kLarge, kAgainstOthers * *middle);
  }
  const auto found = static_cast<std::size_t>(std::count(is_unlike.begin(), is_unlike.end(), true));
  if (found > std::max<std::size_t>(1, typical.size() / kMost))
    is_unlike.assign(everybody.size(), false);
  return is_unlike;
}

NoiseEstimate noise_of(const std::vector<SubsetSeries>& all, const Course& course,
                       const std::string& baseline, std::vector<std::string>& warnings) {
  const std::set<std::string> patients(course.patients.begin(), course.patients.end());
  std::vector<PersonPairs> everybody;
  for (const std::string& person : course.everyone) {
    const PairKind kind = patients.contains(person) ? PairKind::kPatient : PairKind::kUnchanged;
    for (const std::string& visit : course.visits) {
      PersonPairs& own =
          everybody.emplace_back(PersonPairs{fmt::format("{}, {}", person, visit), {}});
      for (std::size_t subset = 0; subset < all.size(); ++subset) {
        add_noise_pair(own.pairs, subset, all[subset], all[subset].find(person, baseline),
                       all[subset].find(person, visit), kind);
      }
    }
  }
  std::vector<NoisePair> pairs;
  const std::vector<bool> is_unlike = find_unlike(everybody);
  for (std::size_t person = 0; person < everybody.size(); ++person) {
    if (is_unlike[person]) {
      warnings.push_back(
          fmt::format("{}: most subsets differ from {} as in nobody else, so this sample "
                      "was left out when estimating how much samples vary; look at its file",
                      everybody[person].who, baseline));
      continue;
    }
    const std::vector<NoisePair>& own = everybody[person].pairs;
    pairs.insert(pairs.end(), own.begin(), own.end());
  }
  for (std::size_t subset = 0; subset < all.size(); ++subset) {
    for (const auto& [blood, rows] : all[subset].bloods) {
      for (std::size_t repeat = 1; repeat < rows.size(); ++repeat)
        add_noise_pair(pairs, subset, all[subset], &rows[0], &rows[repeat], PairKind::kRepeat);
    }
  }
  return estimate_noise(pairs, all.size());
}

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
  const NoiseEstimate noise = noise_of(all, course, study.compare.baseline, warnings);
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

}  // namespace gateless
