#include "host/report/improvement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "host/report/sentences.hpp"

namespace gateless::report {
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

/// "P1: DN B cells fell (\u221225 %), switched memory rose (+40 %)"; a line for each patient with a row.
std::vector<std::string> by_patient(const std::vector<std::vector<const PatientRow*>>& subsets,
                                    const Naming& naming) {
  std::vector<std::string> patients;
  std::map<std::string, std::vector<std::string>> moved;
  std::map<std::string, std::string> names;  // marked where a sample of any of them needs a look
  for (const auto& rows : subsets) {
    for (const PatientRow* row : rows) {
      if (moved.try_emplace(row->patient).second) patients.push_back(row->patient);
      if (std::string& name = names[row->patient]; name.size() <= row->patient.size())
        name = naming(*row);
      if (row->call != Call::kUp && row->call != Call::kDown) continue;
      moved[row->patient].push_back(
          fmt::format("{} {}{}", name_of(rows), text_of(told_of(*row)),
                      row->change ? fmt::format(" ({}\u00A0%)", relative_text(*row->change)) : ""));
    }
  }
  std::vector<std::string> lines;
  for (const std::string& patient : patients) {
    const std::vector<std::string>& parts = moved[patient];
    lines.push_back(fmt::format("{}: {}.", names[patient],
                                parts.empty() ? "no change is called" : joined(parts)));
  }
  return lines;
}

/// Without a score nobody can be said to have improved: what moved is told instead, and not called an improvement.
Improvement without_score(const Results& results, const std::string& visit, const Naming& naming) {
  std::vector<std::vector<const PatientRow*>> subsets;
  std::set<std::string> patients;
  for (const std::string& subset : results.primary) {
    std::vector<const PatientRow*> rows = rows_at(results, subset, visit);
    for (const PatientRow* row : rows) patients.insert(row->patient);
    const bool is_same_cells = !rows.empty() && name_of(rows).find(" (here: ") != std::string::npos;
    if (!rows.empty() && !(is_same_cells && !subsets.empty())) subsets.push_back(std::move(rows));
  }
  const char* which = results.is_primary_asked ? "that were asked for" : "looked for by default";
  Improvement found;
  found.sentence = fmt::format(
      "Cannot be told: no clinical score was given (a column such as sledai in the sample sheet, "
      "named under compare: activity in the study file).{} {}",
      responders_in_words(results, {}),
      subsets.empty()
          ? fmt::format("None of the subsets {} can be told here.", which)
          : fmt::format("What moved in the subsets {}, whether for good or bad:", which));
  if (patients.size() <= kPatientsNamed) {
    found.lines = by_patient(subsets, naming);
  } else {
    for (const auto& rows : subsets)
      found.lines.push_back(
          fmt::format("{} {}.", name_of(rows), headline_of(calls_of(rows, naming))));
  }
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
  found.sentence = fmt::format(
      "By {} (a fall is an improvement; a fall of any size counts), from {} to {}: it {}.{}",
      found.score, baseline, visit, fmt::join(parts, "; "), responders_in_words(results, improved));
  for (const std::string& subset : results.primary) {
    const std::vector<const PatientRow*> rows = rows_at(results, subset, visit);
    if (has_change(rows)) found.lines.push_back(in_improved(rows, improved, naming));
  }
  return found;
}

}  // namespace gateless::report
