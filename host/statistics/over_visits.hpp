// Tests of one subset over all visits at once, and of groups of patients against each other.
#pragma once

#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"
#include "host/statistics/series.hpp"

namespace gateless::statistics {

/// Rows of changes.csv beside the paired ones: "all visits" (a linear mixed model of the log odds, a patient's level at
/// random, observations weighted by counting and noise; F test of the visits). Where the sheet has patients of several
/// groups (arms), "group x visit" (F test of the interaction), and where `compare.responders` names some but not all
/// patients, "responders x visit"; of two groups also, for each visit, the exact Mann-Whitney test of the changes of one
/// against those of the other. `noise` is the variance of one sample's log odds beyond counting. p is empty where most
/// samples are below quantifiable. `family` and q are the caller's.
[[nodiscard]] std::vector<ChangeRow> rows_over_visits(const SubsetSeries& series,
                                                      const Course& course,
                                                      const CompareOptions& options, double noise);

}  // namespace gateless::statistics
