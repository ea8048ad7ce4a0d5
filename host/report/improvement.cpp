#include "host/report/improvement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "host/report/sentences.hpp"

namespace gateless {
namespace {

/// A patient's score at the two visits.
struct ScoreChange {
  std::string patient;
  double before = 0.0, after = 0.0;
};

std::vector<ScoreChange> scores_of(const Results& results, const std::string& baseline,
                                   const std::string& visit) {
  std::set<std::string> healthy;
  for (const auto& [patient, group] : results.patient_groups) {
    if (group == results.healthy_group) healthy.insert(patient);
  }
  std::vector<ScoreChange> changes;
  for (const auto& [patient, scores] : results.activity) {
    Number before, after;
    for (const auto& [when, score] : scores) {
      if (when == baseline) before = score;
      if (when == visit) after = score;
    }
    if (before && after && !healthy.contains(patient))
      changes.push_back({patient, *before, *after});
  }
  return changes;
}

/// "5 of 6 patients (SLE01 10 → 4, ...)"; none: empty.
std::string in_patients(const std::vector<ScoreChange>& some, const std::string& of) {
  std::vector<std::string> parts;
  for (const auto& [patient, before, after] : some)
    parts.push_back(fmt::format("{}\u00A0{}\u00A0\u2192\u00A0{}", patient, score_text(before),
                                score_text(after)));
  return fmt::format("{}{} ({})", some.size(), of, fmt::join(parts, ", "));
}

std::vector<const PatientRow*> rows_at(const Results& results, const std::string& subset,
                                       const std::string& visit) {
  std::vector<const PatientRow*> rows;
  for (const PatientRow& row : results.patients) {
    if (row.subset == subset && row.visit == visit) rows.push_back(&row);
  }
  return rows;
}

/// What the study names the subset, by its rows.
std::string name_of(const std::vector<const PatientRow*>& rows) {
  return rows.front()->name.empty() ? rows.front()->subset : rows.front()->name;
}

/// The asked-for subset in those who improved, and in all others.
std::string in_improved(const std::vector<const PatientRow*>& rows,
                        const std::set<std::string>& improved, const Naming& naming) {
  std::vector<const PatientRow*> in, others;
  for (const PatientRow* row : rows) (improved.contains(row->patient) ? in : others).push_back(row);
  std::vector<std::string> parts;
  if (!in.empty()) parts.push_back("in those who improved it " + headline_of(calls_of(in, naming)));
  if (!others.empty()) parts.push_back("in the others it " + headline_of(calls_of(others, naming)));
  return fmt::format("{}: {}.", name_of(rows), fmt::join(parts, " \u2013 "));
}

bool has_change(const std::vector<const PatientRow*>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const PatientRow* row) {
    return row->call == Call::kUp || row->call == Call::kDown;
  });
}

/// "DN B cells fell in P1, P2".
std::string in_whom(const std::vector<const PatientRow*>& rows, const Naming& naming) {
  const Calls calls = calls_of(rows, naming);
  std::vector<std::string> parts;
  if (!calls.down.empty()) parts.push_back("fell in " + joined(calls.down));
  if (!calls.up.empty()) parts.push_back("rose in " + joined(calls.up));
  return fmt::format(
      "{} {}", name_of(rows),
      parts.empty() ? "changed in nobody" : fmt::format("{}", fmt::join(parts, " and ")));
}

std::string responders_in_words(const Results& results, const std::set<std::string>& improved) {
  if (results.responders.empty()) return "";
  std::string text = fmt::format(" The study names as responders: {}", joined(results.responders));
  std::vector<std::string> not_improved;
  for (const std::string& patient : results.responders) {
    if (!improved.contains(patient)) not_improved.push_back(patient);
  }
  if (!not_improved.empty() && not_improved.size() < results.responders.size())
    text += fmt::format(" (by the score not {})", joined(not_improved));
  return text + ".";
}

/// Without a score: that there is none, and what stands in for it.
Improvement without_score(const Results& results, const std::string& visit, const Naming& naming) {
  std::vector<std::string> parts;
  for (const std::string& subset : results.primary) {
    const std::vector<const PatientRow*> rows = rows_at(results, subset, visit);
    if (!rows.empty()) parts.push_back(in_whom(rows, naming));
  }
  Improvement found;
  found.sentence = fmt::format(
      "No clinical score was given (a column such as sledai in the sample sheet, named under "
      "compare: activity in the study file), so improvement is told by the asked-for subsets "
      "alone{}.{}",
      parts.empty() ? ", and none of these can be told here"
                    : fmt::format(": {}", fmt::join(parts, "; ")),
      responders_in_words(results, {}));
  return found;
}

}  // namespace

std::string score_name(const std::string& column) {
  const bool is_small = std::all_of(column.begin(), column.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
  });
  constexpr std::size_t kLongest = 8;  // a longer one is a word
  if (!is_small || column.size() > kLongest) return column;
  std::string name = column;
  for (char& letter : name) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return name;
}

Improvement improvement_of(const Results& results, const std::string& baseline,
                           const std::string& visit, const Naming& naming) {
  if (results.activity.empty()) return without_score(results, visit, naming);
  Improvement found;
  found.score = results.activity_name.empty() ? "the score" : score_name(results.activity_name);
  const std::vector<ScoreChange> changes = scores_of(results, baseline, visit);
  if (changes.empty()) {
    found.sentence =
        fmt::format("{} is given, but for nobody at both {} and {}.", found.score, baseline, visit);
    return found;
  }
  std::vector<ScoreChange> fell, rose, same;
  for (const ScoreChange& one : changes)
    (one.after < one.before ? fell : one.after > one.before ? rose : same).push_back(one);
  const std::string of = " of " + counted(changes.size(), "patient");
  std::vector<std::string> parts{fell.empty() ? "fell in none" + of
                                              : "fell in " + in_patients(fell, of)};
  if (!rose.empty()) parts.push_back("rose in " + in_patients(rose, ""));
  if (!same.empty()) parts.push_back("stayed in " + in_patients(same, ""));
  std::set<std::string> improved;
  for (const ScoreChange& one : fell) improved.insert(one.patient);
  found.sentence =
      fmt::format("By {} (a fall is an improvement), from {} to {}: it {}.{}", found.score,
                  baseline, visit, fmt::join(parts, "; "), responders_in_words(results, improved));
  for (const std::string& subset : results.primary) {
    const std::vector<const PatientRow*> rows = rows_at(results, subset, visit);
    if (has_change(rows)) found.by_subset.push_back(in_improved(rows, improved, naming));
  }
  return found;
}

}  // namespace gateless
