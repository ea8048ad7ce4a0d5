// Pictures of single events for the report: the borders of each parent, sampled events, the trees of the maps.
#pragma once

#include <string>
#include <vector>

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// What the report draws of single events.
struct Evidence {
  std::vector<BackGate> back_gates;
  std::vector<SampledEvents> sampled_events;
  std::vector<NodeTree> node_trees;
};

/// However many events there are, its size depends on samples and markers alone.
[[nodiscard]] Evidence evidence_of(const StudyAnalysis& study, std::size_t threads);

}  // namespace gateless::stages
