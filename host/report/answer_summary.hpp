// What is said of many subsets at once: which tell the same change, which changed over patients together, and whether a change
// leads to what healthy people have.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/report/calls_text.hpp"
#include "host/report/moved_markers.hpp"

namespace gateless::report {

/// A subset in which some patient changed.
struct ChangedSubset {
  std::string subset, name;
};

/// "5 subsets changed in some patient. 2 of them are mostly the same cells or the two sides of one change: A with B."; empty
/// where fewer than two changed. The same cells: a sum and a part that holds at least half of its events.
[[nodiscard]] std::string summary_of(const Results& results,
                                     const std::vector<ChangedSubset>& changed,
                                     const std::string& visit);

/// "NK cells rose in 8 of 8 patients (9.4 % → 12.2 %; q = 0.012)": subsets beside those `told` whose test over all patients, paired at
/// the visit or over all visits, has q below 0.05, and the `moved` markers that they rest on.
[[nodiscard]] std::vector<std::string> changed_together(const Results& results,
                                                        const std::string& visit,
                                                        const std::set<std::string>& told,
                                                        const std::vector<MovedMarker>& moved);

/// "Small in each patient, but alike: it rose in 6 of 6 patients (q = 0.001)." of a subset that hardly changed in anyone; empty where the
/// test over all patients tells no change.
[[nodiscard]] std::string small_but_alike(const Results& results, const std::string& subset,
                                          const std::string& visit);

/// "Over all patients together it fell in 8 of 8 patients (q = 0.013).", if the test over all patients finds a change the same way in
/// more patients than the `up` or `down` ones that are called; else empty.
[[nodiscard]] std::string alike_beyond_calls(const Results& results, const std::string& subset,
                                             const std::string& visit, std::size_t up,
                                             std::size_t down);

/// "Towards the healthy median (3.5 %, 5 controls) in A, B; away from it in C", of patients who changed. Empty with fewer than three
/// healthy controls, or where the table does not say which panel the fractions are of. `naming` is how a patient is called.
[[nodiscard]] std::string against_healthy(const Results& results,
                                          const std::vector<const PatientRow*>& rows,
                                          const std::string& baseline, const Naming& naming);

/// Whether the subset is what all others are parts of.
[[nodiscard]] bool is_root(const Results& results, const std::string& subset);

}  // namespace gateless::report
