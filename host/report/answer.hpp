// The first paragraph of the report: what changed, in whom, by how much and how sure, in sentences.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless {

/// What the comparison says of one subset.
struct Statement {
  std::string subset, name;
  bool is_primary = false;
  Call direction = Call::kNoChange;  ///< of most patients with a call
  std::string headline;              ///< "fell in 4 of 6 patients (P1, P2, P4, P6); no clear ..."
  std::string detail;  ///< medians, the change with its interval, each patient's change
  std::string parts;   ///< of a sum: what became of each part, and which cannot be told; else empty
  std::string certainty;  ///< test, p and its floor, q, what they allow to say
};

struct Answer {
  std::string baseline, visit;  ///< the visits compared; `visit` is the last with patient rows
  std::size_t patients = 0;     ///< with a row at that visit
  /// Primary subsets first, then secondary ones in which a patient changed.
  std::vector<Statement> statements;
  // Names of secondary subsets, and of primary ones in the last list.
  std::vector<std::string> unchanged;   ///< no patient changed
  std::vector<std::string> too_few;     ///< no patient had events enough to tell
  std::vector<std::string> unanswered;  ///< no patient has a row
};

/// The warnings that name a sample, its file or its panel, in their order: what the first screen shows, because an
/// answer may be that file's and not the patient's.
[[nodiscard]] std::vector<std::string> warnings_of_samples(const Results& results);

/// Says what changed between the baseline and the last visit; empty statements when nothing was compared.
[[nodiscard]] Answer answer_of(const Results& results);

}  // namespace gateless
