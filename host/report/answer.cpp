#include "host/report/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace gateless {
namespace {

constexpr std::size_t kPatientsNamed = 12;  // more names than this hide the sentence
constexpr double kUsualLevel = 0.05;

/// A number with a true minus sign, so that a change reads as one.
std::string with_minus(std::string number) {
  if (!number.empty() && number.front() == '-') number.replace(0, 1, "\u2212");
  return number;
}

std::string percent(double fraction) {
  const double percent = 100.0 * fraction;
  const double size = std::abs(percent);
  if (size == 0.0) return "0\u00A0%";
  if (size >= 10.0) return with_minus(fmt::format("{:.1f}\u00A0%", percent));
  if (size >= 0.01) return with_minus(fmt::format("{:.2g}\u00A0%", percent));
  return percent > 0.0 ? "<\u00A00.01\u00A0%" : ">\u00A0\u22120.01\u00A0%";
}

std::string points(double difference) {
  const double value = 100.0 * difference;
  if (value == 0.0) return "0";
  return with_minus(std::abs(value) >= 10.0 ? fmt::format("{:+.1f}", value)
                                            : fmt::format("{:+.2g}", value));
}

std::string relative(double change) {
  const std::string text = fmt::format("{:+.0f}", 100.0 * change);
  return text == "+0" || text == "-0" ? "0" : with_minus(text);
}

std::string probability(const char* symbol, double value) {
  return value < 0.001 ? fmt::format("{}\u00A0<\u00A00.001", symbol)
                       : fmt::format("{}\u00A0=\u00A0{:.2g}", symbol, value);
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

struct Calls {
  std::vector<std::string> up, down, same, not_quantifiable;
};

Calls calls_of(const std::vector<const PatientRow*>& rows) {
  Calls calls;
  for (const PatientRow* row : rows) {
    switch (row->call) {
      case Call::kUp:
        calls.up.push_back(row->patient);
        break;
      case Call::kDown:
        calls.down.push_back(row->patient);
        break;
      case Call::kNoChange:
        calls.same.push_back(row->patient);
        break;
      case Call::kNotQuantifiable:
        calls.not_quantifiable.push_back(row->patient);
        break;
    }
  }
  return calls;
}

/// "4 of 6 patients (A, B, C, D)": the first part of a sentence says of how many.
std::string in_patients(const std::vector<std::string>& named, const std::string& of) {
  std::string text = fmt::format("in {}{}", named.size(), of);
  if (named.size() <= kPatientsNamed) text += fmt::format(" ({})", joined(named));
  return text;
}

std::string headline(const Calls& calls, std::size_t patients) {
  const std::string of = fmt::format(" of {} {}", patients, patients == 1 ? "patient" : "patients");
  const auto& [up, down, same, not_quantifiable] = calls;
  std::vector<std::string> parts;
  const auto add = [&](const char* verb, const std::vector<std::string>& named) {
    if (named.empty()) return;
    parts.push_back(fmt::format("{} {}", verb, in_patients(named, parts.empty() ? of : "")));
  };
  const bool falls_first = down.size() >= up.size();
  if (falls_first) add("fell", down);
  add("rose", up);
  if (!falls_first) add("fell", down);
  add(parts.empty() ? "did not clearly change" : "no clear change", same);
  add(parts.empty() ? "could not be quantified" : "too few events to tell", not_quantifiable);
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string patient_changes(const std::vector<const PatientRow*>& rows) {
  std::vector<std::string> parts;
  for (const PatientRow* row : rows) {
    if ((row->call != Call::kUp && row->call != Call::kDown) || !row->change) continue;
    std::string part = fmt::format("{}\u00A0{}\u00A0%", row->patient, relative(*row->change));
    if (row->low && row->high) {
      part += fmt::format(" ({} to {})", relative(*row->low), relative(*row->high));
    }
    parts.push_back(std::move(part));
  }
  if (parts.empty() || parts.size() > kPatientsNamed) return "";
  return fmt::format(" Relative change with its 95 % interval: {}.", fmt::join(parts, ", "));
}

std::string detail(const ChangeRow* row, const std::string& denominator,
                   const std::vector<const PatientRow*>& patients) {
  std::string text;
  if (row != nullptr && row->median_before && row->median_after) {
    text =
        fmt::format("Median {} \u2192 {}{}", percent(*row->median_before),
                    percent(*row->median_after), denominator.empty() ? "" : " of " + denominator);
    if (row->change) {
      text += fmt::format("; typical change {} percentage points", points(*row->change));
      if (row->change_low && row->change_high) {
        text += fmt::format(" (interval {} to {})", points(*row->change_low),
                            points(*row->change_high));
      }
    }
    text += '.';
  }
  return text + patient_changes(patients);
}

/// What the mixed model over all visits says; empty if it was not fitted.
std::string over_visits(const Results& results, const std::string& subset) {
  for (const ChangeRow& row : results.changes) {
    if (row.subset != subset || row.comparison != "all visits" || !row.p) continue;
    std::string text = fmt::format(" Over all visits ({}): {}", row.test, probability("p", *row.p));
    if (row.q) text += fmt::format(", {}", probability("q", *row.q));
    return text + ".";
  }
  return "";
}

std::string certainty(const ChangeRow* row, const std::string& over_visits,
                      const std::string& activity_name) {
  if (row == nullptr || !row->p) return "Not tested over patients: too few pairs." + over_visits;
  std::string test = row->test.empty() ? "Test" : row->test;
  if (test.front() >= 'a' && test.front() <= 'z')
    test.front() = static_cast<char>(test.front() - 'a' + 'A');
  std::string text = fmt::format("{}: {}", test, probability("p", *row->p));
  if (row->p_floor && *row->p_floor > kUsualLevel) {
    text += fmt::format(
        "; {} patients cannot give less than {:.2g} however large the change, so judge by "
        "the intervals",
        row->patients, *row->p_floor);
  } else if (row->p_floor && *row->p <= *row->p_floor * (1.0 + 1e-9)) {
    text += fmt::format(", the smallest value that {} patients can give", row->patients);
  } else if (row->p_floor) {
    text += fmt::format(" ({} patients can give {:.2g} at best)", row->patients, *row->p_floor);
  }
  if (row->q) {
    text += fmt::format("; {}{}", probability("q", *row->q),
                        row->family.empty() ? "" : " in the " + row->family + " family");
  }
  text += '.' + over_visits;
  if (row->activity_rho) {
    text += fmt::format(" Against the change of {}: Spearman {}",
                        activity_name.empty() ? "activity" : activity_name,
                        with_minus(fmt::format("{:.2f}", *row->activity_rho)));
    if (row->activity_p) text += fmt::format(", {}", probability("p", *row->activity_p));
    if (row->activity_q) text += fmt::format(", {}", probability("q", *row->activity_q));
    text += '.';
  }
  return text;
}

std::string last_compared_visit(const Results& results) {
  std::set<std::string> compared;
  for (const PatientRow& row : results.patients) compared.insert(row.visit);
  for (auto visit = results.visits.rbegin(); visit != results.visits.rend(); ++visit) {
    if (compared.count(*visit) > 0) return *visit;
  }
  return compared.empty() ? "" : *compared.rbegin();
}

/// The row whose comparison starts with the visit ("week 24 - baseline").
const ChangeRow* change_at(const Results& results, const std::string& subset,
                           const std::string& visit) {
  for (const ChangeRow& row : results.changes) {
    if (row.subset == subset && row.comparison.rfind(visit + " ", 0) == 0) return &row;
  }
  return nullptr;
}

/// A subset's name in words, the id if no table names it.
std::string name_of(const Results& results, const std::string& subset) {
  const auto named = [&](const auto& rows) -> const std::string* {
    for (const auto& row : rows) {
      if (row.subset == subset && !row.name.empty()) return &row.name;
    }
    return nullptr;
  };
  for (const std::string* name : {named(results.patients), named(results.changes),
                                  named(results.abundance), named(results.unresolved)}) {
    if (name != nullptr) return *name;
  }
  return subset;
}

std::vector<const PatientRow*> rows_at(const Results& results, const std::string& subset,
                                       const std::string& visit) {
  std::vector<const PatientRow*> rows;
  for (const PatientRow& row : results.patients) {
    if (row.subset == subset && row.visit == visit) rows.push_back(&row);
  }
  return rows;
}

/// Why a part of a sum cannot be told, in a panel that has the sum if any does; null if no panel lacks it.
const std::string* reason_unresolved(const Results& results, const std::string& part,
                                     const std::string& sum) {
  const std::string* reason = nullptr;
  for (const UnresolvedRow& row : results.unresolved) {
    if (row.subset != part) continue;
    const bool has_sum = std::any_of(results.abundance.begin(), results.abundance.end(),
                                     [&](const AbundanceRow& measured) {
                                       return measured.subset == sum && measured.panel == row.panel;
                                     });
    if (has_sum) return &row.reason;
    if (reason == nullptr) reason = &row.reason;
  }
  return reason;
}

/// A sum is never told without what it is made of, and what of it cannot be told.
std::string parts_of(const Results& results, const std::string& subset, const std::string& visit) {
  std::vector<std::string> parts, untold;
  for (const auto& [sum, of] : results.parts) {
    if (sum != subset) continue;
    for (const std::string& part : of) {
      const std::vector<const PatientRow*> rows = rows_at(results, part, visit);
      const std::string name = name_of(results, part);
      if (!rows.empty()) {
        parts.push_back(fmt::format("{} {}", name, headline(calls_of(rows), rows.size())));
      } else if (const std::string* reason = reason_unresolved(results, part, sum)) {
        untold.push_back(fmt::format("{} ({})", name, *reason));
      }
    }
  }
  std::string text;
  if (!parts.empty())
    text = fmt::format("Its parts, each of its own parent: {}.", fmt::join(parts, ". "));
  if (!untold.empty())
    text += fmt::format("{}Parts that this panel cannot tell: {}.", text.empty() ? "" : " ",
                        fmt::join(untold, ", "));
  return text;
}

Call direction_of(const Calls& calls) {
  if (calls.down.empty() && calls.up.empty()) {
    return calls.same.empty() ? Call::kNotQuantifiable : Call::kNoChange;
  }
  return calls.down.size() >= calls.up.size() ? Call::kDown : Call::kUp;
}

}  // namespace

Answer answer_of(const Results& results) {
  Answer answer;
  answer.visit = last_compared_visit(results);
  answer.baseline = results.baseline.empty() && !results.visits.empty() ? results.visits.front()
                                                                        : results.baseline;
  std::set<std::string> patients;
  std::set<std::string> seen;
  const auto state = [&](const std::string& subset, bool is_primary) {
    if (!seen.insert(subset).second) return;
    const std::vector<const PatientRow*> rows = rows_at(results, subset, answer.visit);
    const std::string name = name_of(results, subset);
    if (rows.empty()) {
      answer.unanswered.push_back(name);
      return;
    }
    for (const PatientRow* row : rows) patients.insert(row->patient);
    const Calls calls = calls_of(rows);
    const Call direction = direction_of(calls);
    if (!is_primary && direction != Call::kUp && direction != Call::kDown) {
      (direction == Call::kNoChange ? answer.unchanged : answer.too_few).push_back(name);
      return;
    }
    const ChangeRow* change = change_at(results, subset, answer.visit);
    const std::string denominator = change == nullptr || change->denominator.empty()
                                        ? ""
                                        : name_of(results, change->denominator);
    answer.statements.push_back(
        {subset, name, is_primary, direction, headline(calls, rows.size()),
         detail(change, denominator, rows), parts_of(results, subset, answer.visit),
         certainty(change, over_visits(results, subset), results.activity_name)});
  };
  for (const std::string& subset : results.primary) state(subset, true);
  for (const std::string& subset : results.secondary) state(subset, false);
  answer.patients = patients.size();
  return answer;
}

}  // namespace gateless
