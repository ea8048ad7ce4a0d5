// What is searched for abnormal populations: subsets that the knowledge file defines, and metaclusters of B cells.
#pragma once

#include <vector>

#include "host/core/layers.hpp"
#include "host/stages/study_analysis.hpp"
#include "host/statistics/abnormal.hpp"

namespace gateless::stages {

/// The input of find_abnormal() (host/statistics): counts of subsets with `abnormal: true`, and of metaclusters of B cells.
[[nodiscard]] AbnormalInput abnormal_input(const StudyAnalysis& study,
                                           const std::vector<AbundanceRow>& abundance);

}  // namespace gateless::stages
