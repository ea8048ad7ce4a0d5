#include "host/stages/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/core/layers.hpp"
#include "host/stages/discovery.hpp"
#include "host/stages/marker_medians.hpp"
#include "host/stages/measure.hpp"
#include "host/statistics/change.hpp"

namespace gateless::stages {
namespace {

/// Between stainings of the same blood it is about 0.1.
constexpr double kAbsurdNoise = 0.3;

/// The panel that has most of a subset's markers.
std::map<std::string, std::string> best_panels(const StudyAnalysis& study) {
  std::map<std::string, std::string> best;
  std::map<std::string, std::size_t> most;
  const auto shared = [](const MarkerLevels& levels, const std::vector<std::string>& markers) {
    return static_cast<std::size_t>(
        std::count_if(levels.begin(), levels.end(), [&](const auto& level) {
          return std::find(markers.begin(), markers.end(), level.first) != markers.end();
        }));
  };
  for (const PanelAnalysis& analysis : study.panels) {
    for (const ResolvedSubset& subset : analysis.subsets.subsets) {
      const KnownSubset* known = study.knowledge.find(subset.id);
      if (known == nullptr) continue;
      const std::size_t markers = 1 + shared(known->core, analysis.events.markers) +
                                  shared(known->support, analysis.events.markers);
      if (markers <= most[subset.id]) continue;
      most[subset.id] = markers;
      best[subset.id] = analysis.events.panel.name;
    }
  }
  return best;
}

/// The patient and visit whose subsets differ most from baseline, by the mean size of their log ratios.
std::string most_unlike(const std::vector<PatientRow>& rows) {
  std::map<std::string, std::pair<double, double>> sums;  // person -> (sum, rows)
  for (const PatientRow& row : rows) {
    if (!row.change || row.detection_before != Detection::kQuantifiable ||
        row.detection_after != Detection::kQuantifiable) {
      continue;
    }
    auto& [sum, number] = sums[row.patient + ", " + row.visit];
    sum += std::abs(std::log(std::max(1.0 + *row.change, 1e-3)));
    number += 1.0;
  }
  std::string unlike;
  double most = 0.0;
  for (const auto& [person, sum] : sums) {
    if (sum.first / sum.second <= most) continue;
    most = sum.first / sum.second;
    unlike = person;
  }
  return unlike;
}

}  // namespace

Compared compare(const StudyAnalysis& analysis, const Study& study,
                 const std::vector<AbundanceRow>& abundance,
                 const std::vector<MarkerMediansRow>& marker_medians,
                 const std::vector<std::string>& primary, Progress& progress) {
  Study named = study;
  named.samples = named_samples(analysis.samples);
  ComparisonPlan plan;
  plan.primary = primary;
  plan.best_panel = best_panels(analysis);
  for (const KnownComposite& composite : analysis.knowledge.composites) {
    if (!composite.ratio.empty()) plan.ratios.insert(composite.id);
  }
  Comparison comparison = compare_visits(abundance, named, plan);
  Compared compared;
  compared.patients = std::move(comparison.patients);
  compared.changes = std::move(comparison.changes);
  compared.marker_changes = compare_markers(marker_medians, named, defining_markers(analysis));
  if (!compared.patients.empty()) compared.noise = comparison.noise;
  for (const std::string& warning : comparison.warnings) progress.warn(warning);
  if (compared.noise && *compared.noise > kAbsurdNoise) {
    progress.warn(fmt::format(
        "samples of one person differ by {:.0f} % beyond counting, where 10 % is usual: only large "
        "changes can be told; the most unlike is {}: look at its file (qc.csv)",
        100.0 * *compared.noise, most_unlike(compared.patients)));
  }
  compared.abnormal = find_abnormal(abnormal_input(analysis, abundance), named);
  compared.limits = limits_of_discovery(named);
  for (const std::string& limit : compared.limits) progress.warn(limit);
  return compared;
}

}  // namespace gateless::stages
