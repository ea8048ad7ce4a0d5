// Fractions that cannot be right in blood: what the reference ranges of the knowledge file say of a sample.
#pragma once

#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/core/results.hpp"

namespace gateless::statistics {

/// Where several sources give a range of one subset, the widest of them holds. Named are
/// - healthy people below half of the range or above twice its end;
/// - healthy people without the subset, where the low end would give 20 events;
/// - anybody in whom the subset makes up more than 60 % of a parent, where the range ends below that.
/// A fraction of fewer than 200 events says nothing; a range of cells per microlitre is used where the sheet gives
/// the concentration. One row for each sample and subset.
[[nodiscard]] std::vector<ImplausibleRow> implausible_fractions(
    const std::vector<AbundanceRow>& abundance, const std::vector<ReferenceRange>& ranges,
    const std::string& healthy_group);

}  // namespace gateless::statistics
