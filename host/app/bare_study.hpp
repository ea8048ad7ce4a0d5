// The study that commands make of bare files: no patients, no visits.
#pragma once

#include <vector>

#include "host/core/layers.hpp"
#include "host/core/progress.hpp"
#include "host/core/study.hpp"
#include "host/options/options.hpp"

namespace gateless::app {

/// The files of the command line, as `cluster` reads them.
[[nodiscard]] Study study_of(const ClusterCommand& command);

/// Files of the command line, or the rows of a sample sheet. Errors: UsageError for both or neither.
[[nodiscard]] std::vector<Sample> samples_to_map(const MapCommand& command, Progress& progress);

}  // namespace gateless::app
