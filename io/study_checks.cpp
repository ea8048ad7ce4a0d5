#include "io/study_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "host/core/nearest_word.hpp"

namespace gateless::io {

void check_against_sheet(Study& study, const std::function<int(const std::string&)>& line_of_key,
                         const std::map<std::string, std::string>& not_numbers,
                         Problems& problems) {
  std::vector<std::string> patients, visits, groups, columns;
  const auto add_once = [](std::vector<std::string>& words, const std::string& word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  };
  for (const Sample& sample : study.samples) {
    add_once(patients, sample.patient);
    add_once(visits, sample.visit);
    add_once(groups, sample.group);
    for (const auto& [name, value] : sample.numbers) add_once(columns, name);
  }
  // "Baseline" in the sheet is the baseline of the study.
  const auto small = [](std::string word) {
    for (char& letter : word)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return word;
  };
  const auto adopt = [&](std::string& word, const std::vector<std::string>& words) {
    if (std::find(words.begin(), words.end(), word) != words.end()) return;
    for (const std::string& other : words) {
      if (small(other) == small(word)) word = other;
    }
  };
  adopt(study.compare.baseline, visits);
  adopt(study.compare.healthy_group, groups);
  for (std::string& visit : study.compare.at) adopt(visit, visits);
  const auto check = [&](const std::string& key, const std::string& word, const char* what,
                         const std::vector<std::string>& words) {
    if (word.empty() || std::find(words.begin(), words.end(), word) != words.end()) return;
    const std::string message =
        fmt::format("'{}' of compare: '{}' is not {} of {}", key, word, what, study.sheet_path);
    if (const int line = line_of_key(key)) {
      const auto cell = not_numbers.find(word);
      const bool has_odd_cell = key == "activity" && cell != not_numbers.end();
      problems.add(
          line, message + (has_odd_cell ? ": it has " + cell->second : did_you_mean(word, words)));
    } else if (key == "baseline" && visits.size() > 1) {
      study.warnings.push_back(
          fmt::format("{}: no visit is called '{}', so nothing is compared; set compare: baseline "
                      "to one of {}",
                      study.path, word, fmt::join(visits, ", ")));
    }
  };
  const CompareOptions& compare = study.compare;
  check("baseline", compare.baseline, "a visit", visits);
  for (const std::string& visit : compare.at) check("at", visit, "a visit", visits);
  check("activity", compare.activity, "a numeric column", columns);
  for (const std::string& patient : compare.responders)
    check("responders", patient, "a patient", patients);
  check("healthy_group", compare.healthy_group, "a group", groups);
}

}  // namespace gateless::io
