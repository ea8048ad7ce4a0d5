// How sure a change over patients is, in a sentence.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless::report {

/// The test with its p, the smallest p that so few patients can give, q, the model over all visits, and the correlation
/// with activity. `row` is that of the comparison; null where nothing was tested.
[[nodiscard]] std::string certainty_of(const Results& results, const std::string& subset,
                                       const ChangeRow* row);

}  // namespace gateless::report
