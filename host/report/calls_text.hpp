// What became of one subset in each patient, as a sentence: "fell in 4 of 6 patients (A, B, C, D); ...".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless {

/// Patients by what their rows say.
struct Calls {
  std::vector<std::string> up, down;
  std::vector<std::string> steady;  ///< no change, and the interval leaves no room for a large one
  std::vector<std::string> unsure;  ///< no change is shown, but a large one is not excluded
  std::vector<std::string> absent;  ///< not detected at either visit
  std::vector<std::string> not_quantifiable;
};

/// Where most patients went.
enum class Trend { kUp, kDown, kSomeUp, kSomeDown, kMixed, kNoChange, kNotQuantifiable };

/// "up", "some up", "mixed" ...
[[nodiscard]] std::string text_of(Trend trend);

/// The patient as the sentence names it, e.g. with a mark.
using Naming = std::function<std::string(const PatientRow&)>;

[[nodiscard]] Calls calls_of(const std::vector<const PatientRow*>& rows, const Naming& naming);

/// Up or down: in some patients, in none the other way; "some" where these are fewer than half of those that are told.
[[nodiscard]] Trend trend_of(const Calls& calls);

[[nodiscard]] std::string headline_of(const Calls& calls);

}  // namespace gateless
