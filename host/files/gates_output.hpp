// Gates that a colleague can check: learned from the labelled events, counted in every file, and written for other programs.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/progress.hpp"
#include "host/core/results.hpp"
#include "host/files/outcome.hpp"

namespace gateless::files {

/// Learns the gates of each panel whose events were named, for its subsets and for the `abnormal` clusters, and writes
/// gates/PANEL.gating.xml and gates/PANEL.wsp (of the FCS files) into the outcome's folder. Returns the rows of gates.csv.
/// Reads the files again: a gate counts all their events, dropped ones too. The result does not depend on `threads`.
/// Errors: InputError where a file has changed since it was analysed.
[[nodiscard]] std::vector<GateRow> tell_gates(const Outcome& outcome,
                                              const std::vector<AbnormalRow>& abnormal,
                                              std::size_t threads, Progress& progress);

}  // namespace gateless::files
