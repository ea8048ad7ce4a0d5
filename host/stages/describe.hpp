// The tables that need no comparison: clusters, channels, quality, unresolved subsets, and pictures of events.
#pragma once

#include "host/stages/study_analysis.hpp"

namespace gateless {

[[nodiscard]] Results describe(const StudyAnalysis& study, std::size_t threads);

}  // namespace gateless
