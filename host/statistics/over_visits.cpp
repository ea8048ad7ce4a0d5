#include "host/statistics/over_visits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "host/statistics/mixed_model.hpp"
#include "host/statistics/patient_change.hpp"
#include "host/statistics/tests.hpp"

namespace gateless {
namespace {

/// One sample of a patient; visit 0 is the baseline.
struct Observation {
  std::size_t patient = 0, visit = 0;
  bool is_responder = false;
  const AbundanceRow* row = nullptr;
};

/// Patients with at least two visits; with one there is nothing to compare.
std::vector<Observation> observations_of(const SubsetSeries& series, const Course& course,
                                         const std::string& baseline,
                                         const std::set<std::string>& responders) {
  std::vector<Observation> all;
  for (std::size_t patient = 0; patient < course.patients.size(); ++patient) {
    const std::string& name = course.patients[patient];
    std::vector<Observation> own;
    for (std::size_t visit = 0; visit <= course.visits.size(); ++visit) {
      const AbundanceRow* row = series.find(name, visit == 0 ? baseline : course.visits[visit - 1]);
      if (row != nullptr) own.push_back({patient, visit, responders.contains(name), row});
    }
    if (own.size() > 1) all.insert(all.end(), own.begin(), own.end());
  }
  return all;
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

/// Columns: intercept, (responder,) visits after the first (, the same for responders only).
MixedModelInput model_input(const std::vector<Observation>& observations, bool with_responders,
                            bool is_ratio, double noise) {
  const std::map<std::size_t, std::size_t> places = places_of_visits(observations);
  const auto later = static_cast<Eigen::Index>(places.size()) - 1;
  const auto rows = static_cast<Eigen::Index>(observations.size());
  const Eigen::Index first = with_responders ? 2 : 1;
  MixedModelInput input;
  input.design = Eigen::MatrixXd::Zero(rows, first + later * (with_responders ? 2 : 1));
  input.response.resize(rows);
  input.variance.resize(rows);
  for (Eigen::Index row = 0; row < rows; ++row) {
    const Observation& observation = observations[static_cast<std::size_t>(row)];
    const auto place = static_cast<Eigen::Index>(places.at(observation.visit));
    const Share share = share_of(*observation.row, is_ratio);
    input.design(row, 0) = 1.0;
    if (with_responders) input.design(row, 1) = observation.is_responder ? 1.0 : 0.0;
    if (place > 0) input.design(row, first + place - 1) = 1.0;
    if (place > 0 && with_responders && observation.is_responder)
      input.design(row, first + later + place - 1) = 1.0;
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

/// F test of all visits, or of their interaction with responding.
ChangeRow mixed_row(const SubsetSeries& series, const std::vector<Observation>& observations,
                    bool with_responders, std::size_t last_visit, double noise) {
  ChangeRow row = start_row(series, with_responders ? "responders x visit" : "all visits");
  row.test = "mixed model";
  row.patients = patients_in(observations);
  row.median_before = median_at(observations, 0);
  row.median_after = median_at(observations, last_visit);
  if (!are_mostly_quantifiable(observations) || !do_fractions_differ(observations)) return row;
  const MixedModelInput input = model_input(observations, with_responders, series.is_ratio, noise);
  const std::optional<MixedModel> model = fit_mixed_model(input);
  if (!model) return row;
  const Eigen::Index between = with_responders ? 2 : 1;
  const Eigen::Index within = input.design.cols() - between;
  const double freedom =
      static_cast<double>(input.design.rows() - within) - static_cast<double>(model->patients);
  row.p = test_terms(*model, with_responders ? between + within / 2 : between, freedom).p;
  return row;
}

/// Changes of the responders against changes of the others, at one visit.
ChangeRow responders_row(const SubsetSeries& series, const Course& course,
                         const std::set<std::string>& responders, const CompareOptions& options,
                         const std::string& visit) {
  const std::string& baseline = options.baseline;
  ChangeRow row =
      start_row(series, fmt::format("responders against others, {} - {}", visit, baseline));
  std::vector<double> of_responders, of_others;
  std::size_t quantifiable = 0;
  for (const std::string& patient : course.patients) {
    const AbundanceRow* before = series.find(patient, baseline);
    const AbundanceRow* after = series.find(patient, visit);
    if (before == nullptr || after == nullptr) continue;
    const double change = *after->fraction_of_parent - *before->fraction_of_parent;
    (responders.contains(patient) ? of_responders : of_others).push_back(change);
    const bool has_enough =
        is_quantifiable(*before, *after, series.is_ratio, options.limits.quantifiable);
    quantifiable += has_enough ? 1U : 0U;
  }
  const RankSumTest test = rank_sum_test(of_responders, of_others);
  row.patients = of_responders.size() + of_others.size();
  row.change = shift_between(of_responders, of_others);
  row.test = test.is_exact ? "exact Mann-Whitney" : "Mann-Whitney";
  row.p_floor = test.p_floor;
  if (2 * quantifiable >= row.patients) row.p = test.p;
  return row;
}

}  // namespace

std::vector<ChangeRow> rows_over_visits(const SubsetSeries& series, const Course& course,
                                        const CompareOptions& options, double noise) {
  const std::set<std::string> responders(options.responders.begin(), options.responders.end());
  const std::vector<Observation> observations =
      observations_of(series, course, options.baseline, responders);
  std::vector<ChangeRow> rows;
  if (observations.empty()) return rows;
  rows.push_back(mixed_row(series, observations, false, course.visits.size(), noise));
  const auto responding =
      std::count_if(course.patients.begin(), course.patients.end(),
                    [&](const std::string& patient) { return responders.contains(patient); });
  if (responding == 0 || static_cast<std::size_t>(responding) == course.patients.size())
    return rows;
  rows.push_back(mixed_row(series, observations, true, course.visits.size(), noise));
  for (const std::string& visit : course.visits) {
    rows.push_back(responders_row(series, course, responders, options, visit));
  }
  return rows;
}

}  // namespace gateless
