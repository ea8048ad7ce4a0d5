// Three patients at two visits, and what the report tells of them.
#pragma once

#include <regex>

#include "host/report/answer.hpp"

namespace gateless::report {

/// Spaces that do not break read as plain ones here.
inline std::string plain(const std::string& text) {
  static const std::regex unbroken("\u00A0");
  return std::regex_replace(text, unbroken, " ");
}

inline PatientRow patient(const std::string& name, const std::string& visit, Call call,
                          double change) {
  PatientRow row;
  row.subset = "dn", row.name = "DN B cells", row.patient = name, row.visit = visit,
  row.call = call;
  row.change = change, row.low = change - 0.1, row.high = change + 0.1;
  return row;
}

inline Answer told(const Results& results) { return answer_of(results, attention_of(results)); }

inline Results three_patients() {
  Results results;
  results.visits = {"baseline", "week 4", "week 24"};
  results.primary = {"dn"};
  results.patients = {
      patient("A", "week 24", Call::kDown, -0.62), patient("B", "week 24", Call::kDown, -0.5),
      patient("C", "week 24", Call::kNoChange, 0.02), patient("A", "week 4", Call::kUp, 1.0)};
  ChangeRow change;
  change.subset = "dn", change.comparison = "week 24 - baseline", change.denominator = "B cells";
  change.patients = 3, change.median_before = 0.121, change.median_after = 0.046;
  change.change = -0.062, change.change_low = -0.1, change.change_high = -0.0021;
  change.test = "exact paired Wilcoxon", change.p = 0.25, change.p_floor = 0.25, change.q = 0.25,
  change.family = "primary";
  results.changes = {change};
  return results;
}

}  // namespace gateless::report
