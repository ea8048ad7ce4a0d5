#include "host/statistics/over_visits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "host/core/distribution.hpp"
#include "host/statistics/mixed_model.hpp"
#include "host/statistics/patient_change.hpp"
#include "host/statistics/tests.hpp"

namespace gateless::statistics {
namespace {

/// Patients in groups whose courses are held against each other.
struct Grouping {
  std::string interaction;  ///< "group x visit"
  std::string contrast;     ///< "treated against placebo"; empty unless of two groups
  std::map<std::string, std::size_t> group_of;  ///< patient -> 0 ...
  std::size_t groups = 1;
};

/// Responders against the others; empty unless there are both.
std::optional<Grouping> by_response(const Course& course, const std::set<std::string>& responders) {
  Grouping grouping{.interaction = "responders x visit",
                    .contrast = "responders against others",
                    .group_of = {},
                    .groups = 2};
  std::set<std::size_t> present;
  for (const std::string& patient : course.patients)
    present.insert(grouping.group_of[patient] = responders.contains(patient) ? 1 : 0);
  if (present.size() < 2) return std::nullopt;
  return grouping;
}

/// One sample of a patient; visit 0 is the baseline.
struct Observation {
  std::string name;
  std::size_t patient = 0, visit = 0;
  const AbundanceRow* row = nullptr;
};

/// Patients with at least two visits; with one there is nothing to compare.
std::vector<Observation> observations_of(const SubsetSeries& series, const Course& course,
                                         const std::string& baseline) {
  std::vector<Observation> all;
  for (std::size_t patient = 0; patient < course.patients.size(); ++patient) {
    const std::string& name = course.patients[patient];
    std::vector<Observation> own;
    for (std::size_t visit = 0; visit <= course.visits.size(); ++visit) {
      const AbundanceRow* row = series.find(name, visit == 0 ? baseline : course.visits[visit - 1]);
      if (row != nullptr && !row->is_withheld) own.push_back({name, patient, visit, row});
    }
    if (own.size() > 1) all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

/// The groups of the sheet in the order of its patients; empty for a single one, for patients without a group, and where
/// every patient is a group.
std::optional<Grouping> by_group(const Course& course,
                                 const std::vector<Observation>& observations) {
  std::vector<std::string> names;
  Grouping grouping{.interaction = "group x visit", .contrast = {}, .group_of = {}, .groups = 1};
  for (const Observation& observation : observations) {
    const std::string& name = course.groups.at(observation.name);
    if (name.empty()) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), name);
    grouping.group_of[observation.name] = static_cast<std::size_t>(found - names.begin());
    if (found == names.end()) names.push_back(name);
  }
  if (names.size() < 2 || names.size() == grouping.group_of.size()) return std::nullopt;
  grouping.groups = names.size();
  if (names.size() == 2) grouping.contrast = fmt::format("{} against {}", names[1], names[0]);
  return grouping;
}

std::size_t patients_in(const std::vector<Observation>& observations) {
  std::set<std::size_t> patients;
  for (const Observation& observation : observations) patients.insert(observation.patient);
  return patients.size();
}

/// Visits that somebody has, numbered without gaps.
std::map<std::size_t, std::size_t> places_of_visits(const std::vector<Observation>& observations) {
  std::map<std::size_t, std::size_t> places;
  for (const Observation& observation : observations) places[observation.visit] = 0;
  std::size_t place = 0;
  for (auto& [visit, at] : places) at = place++;
  return places;
}

/// Columns: intercept, groups after the first, visits after the first, and these once more for each group after the first.
MixedModelInput model_input(const std::vector<Observation>& observations, const Grouping& grouping,
                            bool is_ratio, double noise) {
  const std::map<std::size_t, std::size_t> places = places_of_visits(observations);
  const auto later = static_cast<Eigen::Index>(places.size()) - 1;
  const auto rows = static_cast<Eigen::Index>(observations.size());
  const auto groups = static_cast<Eigen::Index>(grouping.groups);
  MixedModelInput input;
  input.design = Eigen::MatrixXd::Zero(rows, groups + later * groups);
  input.response.resize(rows);
  input.variance.resize(rows);
  for (Eigen::Index row = 0; row < rows; ++row) {
    const Observation& observation = observations[static_cast<std::size_t>(row)];
    const auto place = static_cast<Eigen::Index>(places.at(observation.visit));
    const auto found = grouping.group_of.find(observation.name);
    const auto group =
        found == grouping.group_of.end() ? 0 : static_cast<Eigen::Index>(found->second);
    const Share share = share_of(*observation.row, is_ratio);
    input.design(row, 0) = 1.0;
    if (group > 0) input.design(row, group) = 1.0;
    if (place > 0) input.design(row, groups + place - 1) = 1.0;
    if (place > 0 && group > 0) input.design(row, groups + later * group + place - 1) = 1.0;
    input.response[row] = share.log_odds();
    input.variance[row] = share.counting_variance() + noise;
    input.patient.push_back(observation.patient);
  }
  return input;
}

bool are_mostly_quantifiable(const std::vector<Observation>& observations) {
  const auto quantifiable =
      std::count_if(observations.begin(), observations.end(), [](const Observation& observation) {
        return observation.row->detection == Detection::kQuantifiable;
      });
  return 2 * static_cast<std::size_t>(quantifiable) >= observations.size();
}

/// Patients with more events than `limit` on average over their visits.
std::size_t quantifiable_patients(const std::vector<Observation>& observations, double limit) {
  std::map<std::size_t, double> beyond;
  for (const Observation& observation : observations)
    beyond[observation.patient] += observation.row->events - limit;
  return static_cast<std::size_t>(std::count_if(
      beyond.begin(), beyond.end(), [](const auto& patient) { return patient.second > 0.0; }));
}

/// False for what is all of its parent in every sample: its events tell nothing.
bool do_fractions_differ(const std::vector<Observation>& observations) {
  const double first = *observations.front().row->fraction_of_parent;
  return std::any_of(observations.begin(), observations.end(), [&](const Observation& observation) {
    return *observation.row->fraction_of_parent != first;
  });
}

ChangeRow start_row(const SubsetSeries& series, const std::string& comparison) {
  ChangeRow row;
  row.subset = series.id;
  row.name = series.name;
  row.comparison = comparison;
  row.denominator = series.parent;
  return row;
}

Number median_at(const std::vector<Observation>& observations, std::size_t visit) {
  std::vector<double> values;
  for (const Observation& observation : observations) {
    if (observation.visit == visit) values.push_back(*observation.row->fraction_of_parent);
  }
  return median_of(std::move(values));
}

/// F test of all visits or, of several groups, of their interaction.
ChangeRow mixed_row(const SubsetSeries& series, const std::vector<Observation>& observations,
                    const Grouping& grouping, std::size_t last_visit, const CompareOptions& options,
                    double noise) {
  ChangeRow row = start_row(series, grouping.interaction);
  row.test = "mixed model";
  row.patients = patients_in(observations);
  row.patients_quantifiable = quantifiable_patients(observations, options.limits.quantifiable);
  row.median_before = median_at(observations, 0);
  row.median_after = median_at(observations, last_visit);
  if (!are_mostly_quantifiable(observations) || !do_fractions_differ(observations)) return row;
  const MixedModelInput input = model_input(observations, grouping, series.is_ratio, noise);
  const std::optional<MixedModel> model = fit_mixed_model(input);
  if (!model) return row;
  const auto groups = static_cast<Eigen::Index>(grouping.groups);
  const Eigen::Index within = input.design.cols() - groups;
  const double freedom =
      static_cast<double>(input.design.rows() - within) - static_cast<double>(model->patients);
  const Eigen::Index first = groups > 1 ? groups + within / groups : groups;
  row.p = test_terms(*model, first, freedom).p;
  return row;
}

/// Changes of the second group's patients against changes of the first's, at one visit.
ChangeRow contrast_row(const SubsetSeries& series, const Course& course, const Grouping& grouping,
                       const CompareOptions& options, const std::string& visit) {
  const std::string& baseline = options.baseline;
  ChangeRow row = start_row(series, fmt::format("{}, {} - {}", grouping.contrast, visit, baseline));
  std::vector<double> second, first;
  for (const std::string& patient : course.patients) {
    const AbundanceRow* before = series.find(patient, baseline);
    const AbundanceRow* after = series.find(patient, visit);
    if (before == nullptr || after == nullptr || before->is_withheld || after->is_withheld)
      continue;
    const double change = *after->fraction_of_parent - *before->fraction_of_parent;
    (grouping.group_of.at(patient) == 1 ? second : first).push_back(change);
    const bool has_enough =
        is_quantifiable(*before, *after, series.is_ratio, options.limits.quantifiable);
    row.patients_quantifiable += has_enough ? 1U : 0U;
  }
  const RankSumTest test = rank_sum_test(second, first);
  row.patients = second.size() + first.size();
  row.change = shift_between(second, first);
  row.test = test.is_exact ? "exact Mann-Whitney" : "Mann-Whitney";
  row.p_floor = test.p_floor;
  if (2 * row.patients_quantifiable >= row.patients) row.p = test.p;
  return row;
}

}  // namespace

std::vector<ChangeRow> rows_over_visits(const SubsetSeries& series, const Course& course,
                                        const CompareOptions& options, double noise) {
  const std::vector<Observation> observations = observations_of(series, course, options.baseline);
  std::vector<ChangeRow> rows;
  if (observations.empty()) return rows;
  const std::size_t last_visit = course.visits.size();
  const Grouping all{.interaction = "all visits", .contrast = {}, .group_of = {}, .groups = 1};
  rows.push_back(mixed_row(series, observations, all, last_visit, options, noise));
  const std::set<std::string> responders(options.responders.begin(), options.responders.end());
  for (const std::optional<Grouping>& grouping :
       {by_group(course, observations), by_response(course, responders)}) {
    if (!grouping) continue;
    rows.push_back(mixed_row(series, observations, *grouping, last_visit, options, noise));
    if (grouping->contrast.empty()) continue;
    for (const std::string& visit : course.visits)
      rows.push_back(contrast_row(series, course, *grouping, options, visit));
  }
  return rows;
}

}  // namespace gateless::statistics
