// The configuration in force, as JSON for run.json and the model: what decides the result, and nothing else (no
// threads, tiles, devices, folders).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/core/study.hpp"
#include "host/options/options.hpp"
#include "host/stages/ingest_file.hpp"

namespace gateless {

[[nodiscard]] std::string configuration_of(const Study& study);

/// The study that `cluster` makes of bare files: no patients, no visits.
[[nodiscard]] Study study_of(const ClusterCommand& command);

/// Reads files as the run of this configuration (JSON) did: cleaning and compensation.
void read_files_as(const std::string& configuration, Study& study);

/// Markers and channel names only: what bare clustering needs to read a panel.
[[nodiscard]] Knowledge names_only(Knowledge knowledge);

/// How the study says that files are read.
[[nodiscard]] IngestOptions ingest_options(const Study& study, std::size_t threads);

/// Errors: InputError where the study sets levels by hand; a model's borders were learned with its own.
void check_no_levels(const Study& study);

/// Errors: InputError where the study reads files in another way than `map`, which has no study file.
void check_read_as_map_does(const Study& study);

/// Files of the command line, or the rows of a sample sheet. Errors: UsageError for both or neither.
[[nodiscard]] std::vector<Sample> samples_to_map(const MapCommand& command, Progress& progress);

/// "PE-A=CD27" -> what `panel` of a study file says. Errors: UsageError.
[[nodiscard]] std::map<std::string, std::string> overrides_of(
    const std::vector<std::string>& panel);

}  // namespace gateless
