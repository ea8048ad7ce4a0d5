// What became of one subset in each patient, as a sentence: "fell in 4 of 6 patients (A, B, C, D); ...".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// What one patient's row says: the sentences and the tables of the report have the same words for it.
enum class Told {
  kUp,
  kDown,
  kSteady,  ///< no change, and the interval leaves no room for a large one
  kUnsure,  ///< no change is shown, but a large one is not excluded
  kAbsent,  ///< not detected at either visit
  kTooFew
};

[[nodiscard]] Told told_of(const PatientRow& row);

/// "rose", "fell", "hardly changed", "unsure", "not detected", "too few events".
[[nodiscard]] std::string text_of(Told told);

/// Patients by what their rows say.
struct Calls {
  std::vector<std::string> up, down;
  std::vector<std::string> steady, unsure, absent, not_quantifiable;
};

/// Where most patients went.
enum class Trend { kUp, kDown, kSomeUp, kSomeDown, kMixed, kNoChange, kUnsure, kNotQuantifiable };

/// "up", "some up", "mixed" ...
[[nodiscard]] std::string text_of(Trend trend);

/// The patient as the sentence names it, e.g. with a mark.
using Naming = std::function<std::string(const PatientRow&)>;

[[nodiscard]] Calls calls_of(const std::vector<const PatientRow*>& rows, const Naming& naming);

/// Up or down if some patients have that call and none has the other; "some" if these are fewer than half of the patients with a
/// call. Unsure if nobody has either, and for at least half of them a large change is not excluded.
[[nodiscard]] Trend trend_of(const Calls& calls);

[[nodiscard]] std::string headline_of(const Calls& calls);

}  // namespace gateless::report
