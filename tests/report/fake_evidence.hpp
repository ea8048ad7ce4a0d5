// Made-up pictures of single events for the fake trial.
#pragma once

#include "host/core/results.hpp"

namespace gateless::report {

/// Two divisions of the B cells, sampled events of every sample in the qc table, and the trees of two maps.
void add_fake_evidence(Results& results);

}  // namespace gateless::report
