#include "host/stages/marker_doubts.hpp"

#include <algorithm>
#include <set>

namespace gateless::stages {
namespace {

bool uses(const MarkerLevels& levels, const std::string& marker) { return levels.contains(marker); }

bool are_present(const MarkerLevels& levels, const std::vector<std::string>& markers) {
  return std::all_of(levels.begin(), levels.end(), [&](const auto& level) {
    return std::find(markers.begin(), markers.end(), level.first) != markers.end();
  });
}

/// Whether the rule by which the panel tells a subset looks at the marker.
bool needs(const KnownSubset& subset, const std::string& marker,
           const std::vector<std::string>& markers) {
  if (uses(subset.core, marker) || uses(subset.require_any, marker)) return true;
  const auto applies = [&](const MarkerLevels& rule) {
    return uses(rule, marker) && are_present(rule, markers);
  };
  if (std::any_of(subset.instead.begin(), subset.instead.end(), applies)) return true;
  if (std::any_of(subset.without_parent.begin(), subset.without_parent.end(), applies)) return true;
  return std::any_of(subset.also.begin(), subset.also.end(), [&](const auto& rules) {
    return std::any_of(rules.begin(), rules.end(), applies);
  });
}

/// Ids of the subsets that a silent marker makes uncertain: those whose rule looks at it, their siblings, and all below.
std::set<std::string> uncertain_subsets(const Knowledge& knowledge,
                                        const std::vector<ResolvedSubset>& resolved,
                                        const std::string& marker,
                                        const std::vector<std::string>& markers) {
  std::set<std::string> parents;
  for (const ResolvedSubset& subset : resolved) {
    const KnownSubset* known = knowledge.find(subset.id);
    if (known != nullptr && !known->parent.empty() && needs(*known, marker, markers))
      parents.insert(known->parent);
  }
  std::set<std::string> uncertain;
  for (const KnownSubset& subset : knowledge.subsets) {  // parents before children
    if (parents.contains(subset.parent) || uncertain.contains(subset.parent))
      uncertain.insert(subset.id);
  }
  for (const KnownComposite& composite : knowledge.composites) {
    const auto is_uncertain = [&](const std::string& part) { return uncertain.contains(part); };
    if (std::any_of(composite.of.begin(), composite.of.end(), is_uncertain) ||
        std::any_of(composite.ratio.begin(), composite.ratio.end(), is_uncertain)) {
      uncertain.insert(composite.id);
    }
  }
  return uncertain;
}

/// Whether a lineage is told by the marker: where its cells are missing, it is negative.
bool tells_lineage(const Knowledge& knowledge, const std::string& marker) {
  return std::any_of(
      knowledge.subsets.begin(), knowledge.subsets.end(), [&](const KnownSubset& subset) {
        const KnownSubset* parent = knowledge.find(subset.parent);
        return parent != nullptr && parent->parent.empty() && uses(subset.core, marker);
      });
}

}  // namespace

void withhold_doubtful(const StudyAnalysis& study, std::vector<AbundanceRow>& rows) {
  const std::vector<std::string> names = sample_names(study.samples);
  for (const PanelAnalysis& analysis : study.panels) {
    for (const MarkerDoubt& doubt : analysis.events.doubts) {
      if (doubt.may_lack_cells && tells_lineage(study.knowledge, doubt.marker)) continue;
      const std::set<std::string> uncertain = uncertain_subsets(
          study.knowledge, analysis.subsets.subsets, doubt.marker, analysis.events.markers);
      const std::string& sample = names[analysis.events.samples[doubt.file].sample];
      for (AbundanceRow& row : rows) {
        if (row.sample != sample || row.panel != analysis.events.panel.name ||
            !uncertain.contains(row.subset)) {
          continue;
        }
        row.is_withheld = true;
        row.detection = Detection::kNotQuantifiable;
      }
    }
  }
}

}  // namespace gateless::stages
