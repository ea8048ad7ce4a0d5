// What the report needs to know of a study beside what was measured.
#pragma once

#include "host/core/knowledge.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless::stages {

/// Fills visits, groups, activity, and the names and sums of the subsets.
void describe_study(const Study& study, const Knowledge& knowledge, Results& results);

}  // namespace gateless::stages
