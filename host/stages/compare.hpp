// From what was measured to what changed, and to what is abnormal.
#pragma once

#include <string>
#include <vector>

#include "host/core/progress.hpp"
#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// Changes between visits and differences between groups.
struct Compared {
  std::vector<PatientRow> patients;
  std::vector<ChangeRow> changes;
  std::vector<MarkerChangeRow> marker_changes;
  Number noise;  ///< as Results::noise
  std::vector<AbnormalRow> abnormal;
  std::vector<std::string> limits;  ///< as Results::limits
};

/// Compares visits and people by the fractions in `abundance`, and visits by the medians of markers. `primary` are the ids of the primary endpoints.
[[nodiscard]] Compared compare(const StudyAnalysis& analysis, const Study& study,
                               const std::vector<AbundanceRow>& abundance,
                               const std::vector<MarkerMediansRow>& marker_medians,
                               const std::vector<std::string>& primary, Progress& progress);

}  // namespace gateless::stages
