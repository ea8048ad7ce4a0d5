#include "host/statistics/series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace gateless::statistics {
namespace {

void add_once(std::vector<std::string>& words, const std::string& word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

/// The first few names, and how many more there are.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 5;
  const std::size_t named = std::min(names.size(), kNamed);
  const std::string first = fmt::format(
      "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(named), ", "));
  return named == names.size() ? first : fmt::format("{} and {} more", first, names.size() - named);
}

/// Replicates of a visit: counts add up, and the fraction is that of the sums.
void add_replicate(AbundanceRow& row, const AbundanceRow& replicate) {
  if (!replicate.fraction_of_parent) return;
  if (!row.fraction_of_parent) {
    row = replicate;
    return;
  }
  row.events += replicate.events;
  row.parent_events += replicate.parent_events;
  row.effective_parent_events += replicate.effective_parent_events;
  row.fraction_of_parent = row.events / row.parent_events;
  row.detection = std::max(row.detection, replicate.detection);
}

/// Whose samples are all controls: one material, measured again and again.
std::set<std::string> control_materials(const Study& study) {
  std::set<std::string> materials;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) materials.insert(sample.patient);
  }
  for (const Sample& sample : study.samples) {
    if (!sample.is_control) materials.erase(sample.patient);
  }
  return materials;
}

/// The panel with most events of each subset, unless the plan names one.
std::map<std::string, std::string> panels_of(const std::vector<AbundanceRow>& rows,
                                             const ComparisonPlan& plan) {
  std::map<std::string, std::map<std::string, double>> events;
  for (const AbundanceRow& row : rows) events[row.subset][row.panel] += row.events;
  std::map<std::string, std::string> panels;
  for (const auto& [subset, by_panel] : events) {
    const auto more = [](const auto& a, const auto& b) { return a.second < b.second; };
    panels[subset] = std::max_element(by_panel.begin(), by_panel.end(), more)->first;
    const auto named = plan.best_panel.find(subset);
    if (named != plan.best_panel.end() && by_panel.contains(named->second))
      panels[subset] = named->second;
  }
  return panels;
}

/// Visits of which no patient's sample shares a batch with any patient's baseline, where the sheet knows the batches.
std::vector<std::string> visits_of_other_batches(const Study& study, const Course& course) {
  const std::set<std::string> patients(course.patients.begin(), course.patients.end());
  std::map<std::string, std::set<std::string>> batches;  // visit -> batches
  for (const Sample& sample : study.samples) {
    if (!sample.is_control && patients.contains(sample.patient))
      batches[sample.visit].insert(sample.batch);
  }
  const std::set<std::string>& baseline = batches[study.compare.baseline];
  std::vector<std::string> visits;
  for (const std::string& visit : course.visits) {
    const std::set<std::string>& own = batches[visit];
    const bool shares_one = std::any_of(own.begin(), own.end(), [&](const std::string& batch) {
      return batch.empty() || baseline.contains(batch);
    });
    if (!own.empty() && !baseline.empty() && !baseline.contains("") && !shares_one)
      visits.push_back(visit);
  }
  return visits;
}

}  // namespace

std::vector<SubsetSeries> series_of(const std::vector<AbundanceRow>& rows, const Study& study,
                                    const ComparisonPlan& plan) {
  std::set<std::string> controls;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) controls.insert(sample.file);
  }
  const std::set<std::string> materials = control_materials(study);
  const std::map<std::string, std::string> panels = panels_of(rows, plan);
  std::vector<SubsetSeries> all;
  std::map<std::string, std::size_t> index_of;
  for (const AbundanceRow& row : rows) {
    if (row.panel != panels.at(row.subset)) continue;
    const auto [found, is_new] = index_of.emplace(row.subset, all.size());
    if (is_new) {
      const bool is_primary =
          std::find(plan.primary.begin(), plan.primary.end(), row.subset) != plan.primary.end();
      all.push_back({.id = row.subset,
                     .name = row.name,
                     .parent = row.parent,
                     .is_ratio = plan.ratios.contains(row.subset),
                     .is_primary = is_primary,
                     .rows = {},
                     .bloods = {}});
    }
    SubsetSeries& series = all[found->second];
    const std::string visit = materials.contains(row.patient) ? "" : row.visit;
    if (!row.patient.empty()) series.bloods[{row.patient, visit}].push_back(row);
    if (controls.contains(row.sample)) continue;
    const auto [entry, is_first] = series.rows.emplace(std::pair(row.patient, row.visit), row);
    if (!is_first) add_replicate(entry->second, row);
  }
  const auto by_sample = [](const AbundanceRow& a, const AbundanceRow& b) {
    return a.sample < b.sample;
  };
  for (SubsetSeries& series : all) {
    for (auto& [blood, of_blood] : series.bloods)
      std::sort(of_blood.begin(), of_blood.end(), by_sample);
  }
  return all;
}

Course course_of(const Study& study) {
  Course course;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) continue;
    add_once(course.everyone, sample.patient);
    const auto score = sample.numbers.find(study.compare.activity);
    if (score != sample.numbers.end() && score->second)
      course.activity[{sample.patient, sample.visit}] = *score->second;
    if (sample.group == study.compare.healthy_group) continue;
    add_once(course.patients, sample.patient);
    course.groups.emplace(sample.patient, sample.group);
    if (sample.visit != study.compare.baseline) add_once(course.visits, sample.visit);
  }
  if (!study.compare.at.empty()) course.visits = study.compare.at;
  std::erase(course.visits, study.compare.baseline);
  return course;
}

std::vector<std::string> warnings_of(const Study& study, const Course& course) {
  std::set<std::pair<std::string, std::string>> present;
  for (const Sample& sample : study.samples) {
    if (!sample.is_control) present.emplace(sample.patient, sample.visit);
  }
  std::vector<std::string> without_baseline, with_gaps;
  std::map<std::string, std::vector<std::string>> lacking;  // visit -> patients
  for (const std::string& patient : course.patients) {
    if (!present.contains({patient, study.compare.baseline})) {
      without_baseline.push_back(patient);
      continue;
    }
    for (const std::string& visit : course.visits) {
      if (present.contains({patient, visit})) continue;
      lacking[visit].push_back(patient);
      add_once(with_gaps, patient);
    }
  }
  std::vector<std::string> warnings;
  if (!without_baseline.empty()) {
    warnings.push_back(
        fmt::format("{} of {} patients without a sample of visit '{}' are not compared: {}",
                    without_baseline.size(), course.patients.size(), study.compare.baseline,
                    some_of(without_baseline)));
  }
  if (!with_gaps.empty()) {
    std::vector<std::string> gaps;
    for (const std::string& visit : course.visits) {
      if (lacking.contains(visit))
        gaps.push_back(fmt::format("'{}': {}", visit, some_of(lacking.at(visit))));
    }
    warnings.push_back(
        fmt::format("{} of {} patients lack visits and are compared at their others; {}",
                    with_gaps.size(), course.patients.size(), fmt::join(gaps, "; ")));
  }
  const std::vector<std::string> apart = visits_of_other_batches(study, course);
  if (!apart.empty()) {
    warnings.push_back(fmt::format(
        "no sample of '{}' was measured in a batch of visit '{}': a change that all patients "
        "share may be the batches'",
        fmt::join(apart, "', '"), study.compare.baseline));
  }
  return warnings;
}

}  // namespace gateless::statistics
