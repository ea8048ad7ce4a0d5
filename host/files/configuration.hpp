// The configuration in force, as JSON for run.json and the model: what decides the result, and nothing else (no
// threads, tiles, devices, folders).
#pragma once

#include <string>

#include "host/core/study.hpp"

namespace gateless::files {

[[nodiscard]] std::string configuration_of(const Study& study);

/// Reads files as the run of this configuration (JSON) did: cleaning and compensation.
void read_files_as(const std::string& configuration, Study& study);

/// Errors: InputError where the study reads files in another way than `map`, which has no study file.
void check_read_as_map_does(const Study& study);

}  // namespace gateless::files
