// All that was found in the events of a study, before anything is counted.
#pragma once

#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/core/study.hpp"
#include "host/stages/panel_analysis.hpp"

namespace gateless::stages {

struct StudyAnalysis {
  Knowledge knowledge;  ///< without subsets: clusters only
  std::vector<Sample> samples;
  std::vector<PanelAnalysis> panels;
};

/// The name of each sample in every table: its file's name without folder and extension, or the path as written
/// where that is not unique.
[[nodiscard]] std::vector<std::string> sample_names(const std::vector<Sample>& samples);

}  // namespace gateless::stages
