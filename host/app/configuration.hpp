// The configuration in force, as JSON for run.json and the model: what decides the result, and nothing else (no
// threads, tiles, devices, folders).
#pragma once

#include <string>

#include "host/app/options.hpp"
#include "host/core/study.hpp"

namespace gateless {

[[nodiscard]] std::string configuration_of(const Study& study);

/// The study that `cluster` makes of bare files: no patients, no visits.
[[nodiscard]] Study study_of(const ClusterCommand& command);

/// Reads files as the run of this configuration (JSON) did: cleaning and compensation.
void read_files_as(const std::string& configuration, Study& study);

}  // namespace gateless
