#include "host/app/subset_labels.hpp"

#include <algorithm>

namespace gateless {

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

}  // namespace gateless
