// Subsets that need a marker which says nothing in some samples are measured there, but nothing is called from them.
#pragma once

#include <vector>

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// Marks the rows of such subsets as withheld and not quantifiable.
void withhold_doubtful(const StudyAnalysis& study, std::vector<AbundanceRow>& rows);

}  // namespace gateless::stages
