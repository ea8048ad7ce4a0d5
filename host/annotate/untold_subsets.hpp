// Subsets that the events of a panel do not resolve.
#pragma once

#include <string>
#include <vector>

#include "host/annotate/mixture_design.hpp"

namespace gateless::annotate {

/// Why a division that needs two modes is not made.
[[nodiscard]] std::string no_modes_reason(const MixtureDesign& design, const SubsetModel& model);

/// Moves the subsets that have a reason, and those below them, to the unresolved ones. The `fits` of a mixture that loses a
/// subset are removed, because they no longer match it.
void drop_subsets(SubsetModel& model, std::vector<std::string> reasons, SampleFits& fits);

}  // namespace gateless::annotate
