// What is compared: each subset's course over the visits, and who has which visits.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"
#include "host/statistics/change.hpp"

namespace gateless::statistics {

/// One subset in the panel in which it is compared: a row per patient and visit.
struct SubsetSeries {
  std::string id, name, parent;
  bool is_ratio = false;
  bool is_primary = false;
  std::map<std::pair<std::string, std::string>, AbundanceRow> rows;  ///< (patient, visit) -> row
  /// The rows of each blood: of a patient and visit with its technical repeats, of a control material at all visits.
  std::map<std::pair<std::string, std::string>, std::vector<AbundanceRow>> bloods;

  [[nodiscard]] const AbundanceRow* find(const std::string& patient,
                                         const std::string& visit) const {
    const auto found = rows.find({patient, visit});
    return found == rows.end() || !found->second.fraction_of_parent ? nullptr : &found->second;
  }
};

/// The subsets of `rows` in their order, each in the panel that the plan names (else the one with most events); controls
/// (role) are in `bloods` alone, replicates of a visit are added up.
[[nodiscard]] std::vector<SubsetSeries> series_of(const std::vector<AbundanceRow>& rows,
                                                  const Study& study, const ComparisonPlan& plan);

/// Who is compared, when, and the activity score.
struct Course {
  std::vector<std::string> everyone;  ///< healthy ones too
  std::vector<std::string> patients;
  std::map<std::string, std::string> groups;  ///< patient -> group of the sheet
  std::vector<std::string> visits;            ///< compared with the baseline
  std::map<std::pair<std::string, std::string>, double> activity;  ///< (patient, visit)

  [[nodiscard]] Number activity_change(const std::string& patient, const std::string& from,
                                       const std::string& to) const {
    const auto before = activity.find({patient, from}), after = activity.find({patient, to});
    if (before == activity.end() || after == activity.end()) return std::nullopt;
    return after->second - before->second;
  }
};

[[nodiscard]] Course course_of(const Study& study);

/// Visits that patients lack, and visits that were measured in other batches than the baseline.
[[nodiscard]] std::vector<std::string> warnings_of(const Study& study, const Course& course);

}  // namespace gateless::statistics
