// How visits and people were compared, in words: one step for each kind of comparison that was made.
#pragma once

#include <vector>

#include "host/core/results.hpp"
#include "host/report/settings_text.hpp"

namespace gateless::report {

/// Empty where nobody was compared.
[[nodiscard]] std::vector<Step> comparison_steps(const Results& results,
                                                 const Configuration& configuration);

}  // namespace gateless::report
