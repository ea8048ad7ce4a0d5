// Pictures of single events for the report: the borders of each parent, sampled events, the trees of the maps.
#pragma once

#include <string>
#include <vector>

#include "host/app/outcome.hpp"

namespace gateless {

/// Fills `back_gates`, `sampled_events` and `node_trees`. However many events there are, their size depends on samples and
/// markers alone.
void add_evidence(const Outcome& outcome, Results& results);

}  // namespace gateless
