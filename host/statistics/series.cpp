#include "host/statistics/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace gateless {
namespace {

void add_once(std::vector<std::string>& words, const std::string& word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
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

}  // namespace

std::vector<SubsetSeries> series_of(const std::vector<AbundanceRow>& rows, const Study& study,
                                    const ComparisonPlan& plan) {
  std::set<std::string> controls;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) controls.insert(sample.file);
  }
  const std::map<std::string, std::string> panels = panels_of(rows, plan);
  std::vector<SubsetSeries> all;
  std::map<std::string, std::size_t> index_of;
  for (const AbundanceRow& row : rows) {
    if (controls.contains(row.sample) || row.panel != panels.at(row.subset)) continue;
    const auto [found, is_new] = index_of.emplace(row.subset, all.size());
    if (is_new) {
      const bool is_primary =
          std::find(plan.primary.begin(), plan.primary.end(), row.subset) != plan.primary.end();
      all.push_back({.id = row.subset,
                     .name = row.name,
                     .parent = row.parent,
                     .is_ratio = plan.ratios.contains(row.subset),
                     .is_primary = is_primary,
                     .rows = {}});
    }
    SubsetSeries& series = all[found->second];
    const auto [entry, is_first] = series.rows.emplace(std::pair(row.patient, row.visit), row);
    if (!is_first) add_replicate(entry->second, row);
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
  std::vector<std::string> warnings;
  for (const std::string& patient : course.patients) {
    if (!present.contains({patient, study.compare.baseline})) {
      warnings.push_back(fmt::format("patient {} has no sample of visit '{}' and is not compared",
                                     patient, study.compare.baseline));
      continue;
    }
    for (const std::string& visit : course.visits) {
      if (!present.contains({patient, visit}))
        warnings.push_back(fmt::format("patient {} has no sample of visit '{}'", patient, visit));
    }
  }
  return warnings;
}

}  // namespace gateless
