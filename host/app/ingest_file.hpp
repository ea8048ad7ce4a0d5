// One file of a run: read, its channels named, cleaned; and all files of a run, whose failures are told together.
#pragma once

#include <vector>

#include "host/app/analysis.hpp"
#include "host/app/panel_grouping.hpp"
#include "host/core/unmix.hpp"

namespace gateless {

/// Errors: InputError where the file cannot be used.
[[nodiscard]] Ingested ingest_file(const Sample& sample, const Knowledge& knowledge,
                                   const IngestOptions& options, const Unmix& unmix);

/// All files, in their order. Errors: InputError that names every file that cannot be used.
[[nodiscard]] std::vector<Ingested> ingest_files(const std::vector<Sample>& samples,
                                                 const Knowledge& knowledge,
                                                 const IngestOptions& options, Backend& backend,
                                                 Console& console);

}  // namespace gateless
