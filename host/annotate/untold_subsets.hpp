// Subsets that the events of a panel do not tell.
#pragma once

#include <string>
#include <vector>

#include "host/annotate/mixture_design.hpp"

namespace gateless {

/// Why a division that needs two modes is not made.
[[nodiscard]] std::string no_modes_reason(const MixtureDesign& design, const SubsetModel& model);

/// Takes out the subsets that have a reason, and those below them: they are then unresolved. `fits` of a mixture that loses
/// a subset are fits no more.
void drop_subsets(SubsetModel& model, std::vector<std::string> reasons, SampleFits& fits);

}  // namespace gateless
