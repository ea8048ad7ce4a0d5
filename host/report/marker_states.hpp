// What changed in the cells of a subset and not in their number, in sentences for the first screen.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// Markers whose medians changed over all patients together: q below 0.05 and by 0.3 of the spread of the subset's own cells
/// or more, so that what is sure and too small to see is left to the table.
struct MarkerStates {
  std::vector<std::string> lines;  ///< a marker each, the largest change first
  std::size_t more = 0;            ///< markers beyond `lines`
  std::size_t patients = 0;        ///< most that a median was compared in
  std::size_t tested = 0;          ///< medians that were compared at the visit
  std::string
      shared;  ///< markers that moved the same way in every subset tested; empty where none did
  std::string none;  ///< why nothing is told; empty where something is
};

/// At one visit against the baseline.
[[nodiscard]] MarkerStates marker_states_of(const Results& results, const std::string& visit);

}  // namespace gateless::report
