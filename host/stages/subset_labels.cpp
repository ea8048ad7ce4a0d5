#include "host/stages/subset_labels.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace gateless::stages {
namespace {

/// Events of one sample by the label they carry or pass on to its parents, [subsets].
std::vector<double> labelled_events(const PanelAnalysis& analysis, const SampleRange& range) {
  const std::vector<ResolvedSubset>& subsets = analysis.subsets.subsets;
  std::vector<double> events(subsets.size(), 0.0);
  for (std::size_t event = range.first; event < range.first + range.count; ++event) {
    const std::int16_t called = analysis.calls.subset_of_event[event];
    if (called >= 0) events[static_cast<std::size_t>(called)] += 1.0;
  }
  for (std::size_t subset = subsets.size(); subset-- > 0;) {  // children before parents
    const std::int16_t parent = subsets[subset].parent;
    if (parent >= 0) events[static_cast<std::size_t>(parent)] += events[subset];
  }
  return events;
}

}  // namespace

SubsetLabels::SubsetLabels(const std::vector<PanelAnalysis>& analyses, const Knowledge& knowledge)
    : analyses_(analyses),
      labels_{{"dropped", "dropped", "unknown"}, {"unassigned", "unassigned", "unknown"}} {
  for (const PanelAnalysis& analysis : analyses) {
    std::vector<std::int32_t>& numbers = numbers_.emplace_back();
    for (const ResolvedSubset& subset : analysis.subsets.subsets) {
      auto found = std::find_if(labels_.begin(), labels_.end(),
                                [&](const SubsetLabel& label) { return label.id == subset.id; });
      if (found == labels_.end()) {
        const KnownSubset* known = knowledge.find(subset.id);
        const bool has_term = known != nullptr && !known->cell_ontology.empty();
        found = labels_.insert(
            labels_.end(), {subset.id, subset.name, has_term ? known->cell_ontology : "unknown"});
      }
      numbers.push_back(static_cast<std::int32_t>(found - labels_.begin()));
    }
  }
}

void count_labels(const std::vector<PanelAnalysis>& analyses,
                  const std::vector<std::string>& samples, std::vector<AbundanceRow>& rows) {
  std::map<std::pair<std::string, std::string>, double> labelled;  // sample, subset -> events
  for (const PanelAnalysis& analysis : analyses) {
    const std::vector<ResolvedSubset>& subsets = analysis.subsets.subsets;
    std::vector<bool> is_label;
    for (const ResolvedSubset& subset : subsets) {
      is_label.push_back(!subset.is_overlay &&
                         (subset.parent < 0 || is_label[static_cast<std::size_t>(subset.parent)]));
    }
    for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
      const auto events = labelled_events(analysis, analysis.events.store.ranges()[position]);
      const std::string& name = samples[analysis.events.samples[position].sample];
      for (std::size_t subset = 0; subset < subsets.size(); ++subset) {
        if (is_label[subset]) labelled[{name, subsets[subset].id}] = events[subset];
      }
    }
  }
  for (AbundanceRow& row : rows) {
    const auto found = labelled.find({row.sample, row.subset});
    if (found != labelled.end()) row.labelled_events = found->second;
  }
}

}  // namespace gateless::stages
