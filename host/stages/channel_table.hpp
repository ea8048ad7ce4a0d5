// What the program takes each channel of a panel for, and in which files it is named otherwise.
#pragma once

#include <vector>

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// "marker", "side scatter" ... "not used".
[[nodiscard]] const char* word_of(ChannelRole role);

/// Rows of channels.csv: panels in their order, channels in that of the panel's first file.
[[nodiscard]] std::vector<ChannelRow> channel_rows(const StudyAnalysis& study);

}  // namespace gateless::stages
