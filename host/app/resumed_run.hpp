// How `run` and `cluster` go on where an interrupted one has ended, and say what they keep when they are interrupted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/app/session.hpp"
#include "host/core/layers.hpp"
#include "host/files/outcome.hpp"
#include "host/files/unfinished_run.hpp"

namespace gateless::app {

/// What is finished in the folder of results; from here on an interruption says what is kept.
[[nodiscard]] UnfinishedRun unfinished_run(const std::string& dir, Session& session);

/// The pooled samples of an interrupted run of the same study, if it has finished them; says what is taken up.
[[nodiscard]] std::optional<std::vector<PanelEvents>> take_samples(const Outcome& outcome,
                                                                   UnfinishedRun& unfinished,
                                                                   Session& session);

/// Keeps pooled samples for the next run, if this one does not end. The folder must be there.
void keep_samples(const Outcome& outcome, const std::vector<PanelEvents>& panels,
                  UnfinishedRun& unfinished, Session& session);

}  // namespace gateless::app
