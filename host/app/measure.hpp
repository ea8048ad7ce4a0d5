// From calls of events to the statistics layer: abundance in every sample, changes over visits, abnormal populations.
#pragma once

#include "host/app/outcome.hpp"

namespace gateless {

/// Fills results.abundance, and what the report needs to know of the study.
void measure(const Outcome& outcome, const Study& study, Results& results, Console& console);

/// Fills results.patients, changes and abnormal.
void compare(const Outcome& outcome, const Study& study, Results& results, Console& console);

/// Marks the rows of samples in which a marker that tells their subset says nothing (PanelEvents::doubts).
void withhold_doubtful(const Outcome& outcome, std::vector<AbundanceRow>& rows);

}  // namespace gateless
