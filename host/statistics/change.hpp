// What changed from the baseline visit to the others: in each patient, and over all patients.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless::statistics {

/// What the comparison needs to know beyond the rows.
struct ComparisonPlan {
  std::vector<std::string> primary;  ///< subset ids; all others are exploratory
  std::map<std::string, std::string>
      best_panel;  ///< subset -> panel to compare it in; else the one with most events
  std::set<std::string> ratios;  ///< composites that are ratios: their fraction may exceed 1
};

struct Comparison {
  std::vector<PatientRow> patients;  ///< by subset, patient, visit; pairs of samples only
  std::vector<ChangeRow> changes;    ///< by subset, visit, then over visits
  double noise =
      0.0;  ///< pooled sd of one sample's log odds beyond counting, about the CV of a fraction
  std::vector<std::string> warnings;  ///< e.g. patients without a baseline
};

/// Compares study.compare.baseline with every visit of study.compare.at (default: all others) for all patients but the
/// healthy group's; controls (role) are left out. Replicates of a visit are added up.
///
/// In a patient, the change is one of the logarithm of the fraction; its interval joins those of the two samples (MOVER,
/// Zou & Donner, Stat Med 2008), each of which joins the exact binomial on effective counts with a between-sample noise
/// that is estimated from the study itself (noise.hpp). The call is up or down when the 95 % interval excludes no change,
/// the fraction moved by at least compare.smallest_change of itself, and the two samples are quantifiable together
/// (is_quantifiable() of patient_change.hpp). Quantifiable pairs that are neither are "no change", which may be small or unsure:
/// the report tells them apart by the interval (calls_text.cpp of host/report).
///
/// Over patients: exact Wilcoxon signed-rank test of the differences of fractions, Hodges-Lehmann estimate and interval,
/// q by Benjamini-Hochberg within the family, Spearman of change against change of the activity score with its own q.
/// All of these but the estimate are empty when more than half of the pairs are not quantifiable. After these rows, those of all visits at once and
/// of arms and responders against the others (over_visits.hpp).
[[nodiscard]] Comparison compare_visits(const std::vector<AbundanceRow>& rows, const Study& study,
                                        const ComparisonPlan& plan);

}  // namespace gateless::statistics
