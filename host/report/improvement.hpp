// Which patients improved: by the clinical score of the sample sheet, and beside it the subsets that were asked for.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/report/calls_text.hpp"

namespace gateless::report {

struct Improvement {
  std::string score;     ///< as a clinician writes it: SLEDAI; empty without one
  std::string sentence;  ///< who improved by the score, or that none was given
  /// With a score: what became of each primary subset in those who improved and in the others. Without: what moved in these
  /// subsets, a line for each patient (of many patients a line for each subset).
  std::vector<std::string> lines;
};

/// The score's name: all capitals where the sheet has it in small letters and digits alone (sledai, das28).
[[nodiscard]] std::string score_name(const std::string& column);

/// Compares scores at `visit` with those at `baseline`; a fall is an improvement, as a score of disease activity says. `naming` is
/// how a patient is called.
[[nodiscard]] Improvement improvement_of(const Results& results, const std::string& baseline,
                                         const std::string& visit, const Naming& naming);

}  // namespace gateless::report
