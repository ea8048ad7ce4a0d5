// The markers of each subset's cells, sample by sample.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/layers.hpp"
#include "host/core/study.hpp"
#include "host/stages/study_analysis.hpp"
#include "host/statistics/marker_change.hpp"

namespace gateless::stages {

/// Medians of the events that are labelled as a subset or as one below it; overlays are no labels. Only samples in which
/// it has at least `limits.detected` of them. Exact: of an even number the lower of the middle two.
[[nodiscard]] std::vector<MarkerMediansRow> marker_medians(const StudyAnalysis& study,
                                                           const DetectionLimits& limits,
                                                           std::size_t threads);

/// The markers by which the cells of each subset are told, those of its parents too; of all cells every marker, as their medians
/// follow the mixture of cells.
[[nodiscard]] DefiningMarkers defining_markers(const StudyAnalysis& study);

}  // namespace gateless::stages
