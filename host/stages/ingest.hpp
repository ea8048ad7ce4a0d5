// From files to one pool of transformed events per panel: prepared one by one, grouped, checked against each other, pooled.
#pragma once

#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"
#include "host/core/progress.hpp"
#include "host/stages/ingest_file.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless::stages {

/// Reads and pools all samples, one PanelEvents per panel, in the order in which panels first appear.
/// Errors: InputError that names every file that cannot be used.
[[nodiscard]] std::vector<PanelEvents> ingest(const std::vector<Sample>& samples,
                                              const ReadSample& read, const Knowledge& knowledge,
                                              const IngestOptions& options, Backend& backend,
                                              Progress& progress);

}  // namespace gateless::stages
