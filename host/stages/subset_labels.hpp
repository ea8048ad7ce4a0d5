// The labels of events as every file of events writes them: 0 dropped, 1 unassigned, then the subsets of all panels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/stages/panel_analysis.hpp"

namespace gateless::stages {

/// One label that an event can have.
struct SubsetLabel {
  std::string id;             ///< "dropped", "unassigned", or the subset's
  std::string name;           ///< in words
  std::string cell_ontology;  ///< "CL:0000236", or "unknown"
};

/// Numbers of the two labels that are no subset.
inline constexpr std::int32_t kDroppedLabel = 0;
inline constexpr std::int32_t kUnassignedLabel = 1;

/// All labels of a result, numbered over its panels.
class SubsetLabels {
 public:
  SubsetLabels(const std::vector<PanelAnalysis>& analyses, const Knowledge& knowledge);

  [[nodiscard]] const std::vector<SubsetLabel>& labels() const noexcept { return labels_; }
  /// The number of the label of a kept event; `panel` counts the analyses, `event` their pool.
  [[nodiscard]] std::int32_t of(std::size_t panel, std::size_t event) const {
    const std::int16_t called = analyses_[panel].calls.subset_of_event[event];
    return called < 0 ? kUnassignedLabel : numbers_[panel][static_cast<std::size_t>(called)];
  }

 private:
  const std::vector<PanelAnalysis>& analyses_;  ///< must outlive this
  std::vector<SubsetLabel> labels_;
  std::vector<std::vector<std::int32_t>> numbers_;  ///< [panels][its subsets]
};

/// Fills AbundanceRow::labelled_events; overlays and what is below them are no labels. `samples` are the tables' names.
void count_labels(const std::vector<PanelAnalysis>& analyses,
                  const std::vector<std::string>& samples, std::vector<AbundanceRow>& rows);

}  // namespace gateless::stages
