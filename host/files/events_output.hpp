// Files of events (AnnData) from the analyses of all panels.
#pragma once

#include "host/files/outcome.hpp"

namespace gateless::files {

/// events.h5ad: every event of every file, kept or not, in file order; with EventsOutput::kPanels the labels alone, and
/// the values of kept events in events_<panel>.h5ad, which miss none.
void write_events(const Outcome& outcome, Progress& progress);

}  // namespace gateless::files
