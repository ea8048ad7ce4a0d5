// How subsets are defined, in words: the markers of the knowledge file, and the gates that repeat them by hand.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/report/moved_markers.hpp"

namespace gateless::report {

/// The rule of the knowledge file that this study's panels can follow; null where none or none is known.
[[nodiscard]] const SubsetDefinition::Rule* rule_of(const Results& results,
                                                    const std::string& subset);

/// The markers of that rule that its cells express.
[[nodiscard]] std::vector<std::string> present_markers(const Results& results,
                                                       const std::string& subset);

/// A subset's name by the knowledge file, else its id.
[[nodiscard]] std::string known_name(const Results& results, const std::string& subset);

/// The primary subsets, each with its markers, what it is a fraction of, and its gate where one was learned; then the secondary
/// ones with their markers; where none of them can be told, all subsets that are. Subsets that could not be told are named. Empty where nothing was measured.
[[nodiscard]] std::string reported_subsets_in_words(const Results& results);

/// "Rests on CD20, which is lower at week 24 in all 8 patients": the markers of the subset's rule (of a sum: of its measured
/// parts) that moved as a whole and that cells are named by. Empty where none did.
[[nodiscard]] std::string resting_on_moved(const Results& results, const std::string& subset,
                                           const std::vector<MovedMarker>& moved);

/// Of a subset that cuts across its siblings: which of them has the same rule, and why the two differ. Empty where none has.
[[nodiscard]] std::string same_rule_in_words(const Results& results, const std::string& subset);

}  // namespace gateless::report
