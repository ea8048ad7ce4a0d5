// The tables that need no comparison: clusters, channels, quality, unresolved subsets, and pictures of events.
#pragma once

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// Fills every table of Results but abundance, patients, changes and abnormal. The result does not depend on `threads`.
[[nodiscard]] Results describe(const StudyAnalysis& study, std::size_t threads);

}  // namespace gateless::stages
