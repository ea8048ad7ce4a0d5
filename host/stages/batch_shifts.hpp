// How far the markers of each sample lie from those of its panel: what may come from staining.
#pragma once

#include <string>
#include <vector>

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// Rows of qc.csv in the order of the study, with the shifts and spreads of every marker.
[[nodiscard]] std::vector<QcRow> quality_rows(const StudyAnalysis& study);

/// Samples whose markers are far from their panel's; empty if there are none.
[[nodiscard]] std::string shifts_in_words(const std::vector<QcRow>& rows);

}  // namespace gateless::stages
