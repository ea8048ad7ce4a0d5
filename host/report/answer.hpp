// The first paragraph of the report: what changed, in whom, by how much and how sure, in sentences.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/report/attention.hpp"
#include "host/report/calls_text.hpp"
#include "host/report/improvement.hpp"
#include "host/report/marker_states.hpp"

namespace gateless::report {

/// Why a subset is in the answer.
enum class Rank { kPrimary, kSecondary, kExploratory };

/// "primary", "secondary", "exploratory".
[[nodiscard]] std::string text_of(Rank rank);

/// What the comparison says of one subset. Patients whose sample needs a look carry the mark kDoubtMark.
struct Statement {
  std::string subset, name;
  Rank rank = Rank::kPrimary;
  Trend trend = Trend::kNoChange;
  std::string headline;  ///< "fell in 4 of 6 patients (P1, P2, P4, P6); hardly changed in ..."
  std::string detail;    ///< medians, the change with its interval, each patient's change and score
  std::string parts;   ///< of a sum: what became of each part, and which cannot be told; else empty
  std::string beside;  ///< sums that are the same cells here; a sibling that moved the other way
  std::string caveat;  ///< markers of its rule that moved with the visit or group as a whole
  std::string healthy;           ///< whether the changes lead to what healthy people have
  std::string certainty;         ///< test, p and its floor, q, what they allow to say
  std::vector<std::string> has;  ///< markers that its rule asks to be there
};

inline constexpr const char* kDoubtMark = "\u00A0\u26A0";

/// A subset that has no answer, and why.
struct Untold {
  std::string name, reason;
  bool is_asked = false;    ///< the study asks for it by name
  bool is_primary = false;  ///< asked for by the study or the knowledge file
};

struct Answer {
  std::string baseline, visit;  ///< the visits compared; `visit` is the last with patient rows
  std::size_t patients = 0;     ///< with a row at that visit
  /// Primary subsets; secondary ones in which a patient changed; all others in which one did.
  std::vector<Statement> statements;
  std::string summary;  ///< how many subsets changed, and which of them tell the same change
  std::vector<std::string>
      together;         ///< subsets without a statement, changed over patients as a whole
  MarkerStates states;  ///< what changed in the cells themselves
  // Names of secondary subsets in which no patient changed.
  std::vector<std::string> unchanged;  ///< in no patient by much
  std::vector<std::string> unsure;     ///< a large change is not excluded in some patient
  std::vector<std::string> too_few;    ///< no patient had events enough to tell
  std::vector<Untold> untold;          ///< primary and secondary subsets without a row
  Improvement improvement;             ///< empty where nobody was compared
  std::size_t explored =
      0;  ///< comparisons of a patient in all other subsets that could be quantified
};

/// Says what changed between the baseline and the last visit; empty statements when nothing was compared.
[[nodiscard]] Answer answer_of(const Results& results, const Attention& attention);

}  // namespace gateless::report
