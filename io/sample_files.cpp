#include "io/sample_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

namespace gateless::io {
namespace {

using Words = std::vector<std::string>;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_digits(const std::string& word) { return !word.empty() && is_digit(word[0]); }

/// Bytes above ASCII count as letters: a name in UTF-8 stays in one piece.
bool is_letter(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x80 || std::isalpha(byte) != 0;
}

Words words_of(std::string_view text) {
  Words words;
  for (std::size_t first = 0; first < text.size();) {
    const bool in_digits = is_digit(text[first]);
    if (!in_digits && !is_letter(text[first])) {
      ++first;
      continue;
    }
    std::size_t end = first;
    while (end < text.size() && (in_digits ? is_digit(text[end]) : is_letter(text[end]))) ++end;
    std::string word(text.substr(first, end - first));
    for (char& letter : word)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (in_digits) word.erase(0, std::min(word.find_first_not_of('0'), word.size() - 1));
    words.push_back(word);
    first = end;
  }
  return words;
}

/// Of a path: without the ending, which is no part of the name.
Words words_of_path(const std::string& path) {
  return words_of(std::filesystem::path(path).replace_extension().generic_string());
}

/// Where `part` begins in `words`, from `from` on.
std::optional<std::size_t> find_words(const Words& words, const Words& part, std::size_t from = 0) {
  if (part.empty() || from > words.size()) return std::nullopt;
  const auto found = std::search(words.begin() + static_cast<std::ptrdiff_t>(from), words.end(),
                                 part.begin(), part.end());
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

FoundFiles match_by_name(const std::vector<std::string>& paths,
                         const std::vector<PatientVisit>& rows) {
  std::vector<Words> names;
  for (const auto& [patient, visit] : rows) {
    Words name = words_of(patient), of_visit = words_of(visit);
    name.insert(name.end(), of_visit.begin(), of_visit.end());
    names.push_back(std::move(name));
  }
  FoundFiles found{.of_row = std::vector<std::vector<std::string>>(rows.size()),
                   .of_nobody = {},
                   .ambiguous = {}};
  for (const std::string& path : paths) {
    const Words words = words_of_path(path);
    std::vector<std::size_t> best;
    std::size_t longest = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::size_t length = names[row].size();
      if (length < longest || !find_words(words, names[row])) continue;
      if (length > longest) best.clear();
      longest = length;
      best.push_back(row);
    }
    if (best.empty())
      found.of_nobody.push_back(path);
    else if (best.size() > 1)
      found.ambiguous.push_back(path);
    else
      found.of_row[best[0]].push_back(path);
  }
  return found;
}

/// The number of each visit: 0 for the one that has none. Empty if the visits are not one word with a number, and
/// one without.
std::map<std::string, std::string> numbers_of_visits(const std::vector<PatientVisit>& rows) {
  std::map<std::string, std::string> numbers;
  std::set<Words> stems;
  std::set<std::string> without;
  for (const auto& [patient, visit] : rows) {
    Words words = words_of(visit);
    if (words.empty()) return {};
    if (is_digits(words.back())) {
      numbers[visit] = words.back();
      words.pop_back();
      stems.insert(words);
    } else {
      numbers[visit] = std::string("0");  // g++ 12 warns falsely of the plain literal
      without.insert(visit);
    }
  }
  return stems.size() == 1 && without.size() == 1 ? numbers : std::map<std::string, std::string>{};
}

/// The word before the number and the number that follow a patient's words.
std::optional<std::pair<std::string, std::string>> time_after(const Words& words,
                                                              const Words& patient) {
  for (auto at = find_words(words, patient); at; at = find_words(words, patient, *at + 1)) {
    const std::size_t next = *at + patient.size();
    if (next + 1 < words.size() && !is_digits(words[next]) && is_digits(words[next + 1]))
      return std::pair(words[next], words[next + 1]);
  }
  return std::nullopt;
}

std::optional<FoundFiles> match_by_number(const std::vector<std::string>& paths,
                                          const std::vector<PatientVisit>& rows) {
  const std::map<std::string, std::string> numbers = numbers_of_visits(rows);
  if (numbers.empty()) return std::nullopt;
  std::map<std::string, Words> patients;
  std::map<PatientVisit, std::size_t> row_of;  // (patient, number)
  for (std::size_t row = 0; row < rows.size(); ++row) {
    patients.emplace(rows[row].first, words_of(rows[row].first));
    row_of[{rows[row].first, numbers.at(rows[row].second)}] = row;
  }
  FoundFiles found{.of_row = std::vector<std::vector<std::string>>(rows.size()),
                   .of_nobody = {},
                   .ambiguous = {},
                   .is_by_number = true};
  std::set<std::string> time_words;
  bool has_zero = false;
  for (const std::string& path : paths) {
    const Words words = words_of_path(path);
    std::set<std::size_t> named;
    for (const auto& [patient, own] : patients) {
      const auto time = time_after(words, own);
      if (!time) continue;
      const auto row = row_of.find({patient, time->second});
      if (row == row_of.end()) return std::nullopt;
      time_words.insert(time->first);
      has_zero = has_zero || time->second == "0";
      named.insert(row->second);
    }
    if (named.empty())
      found.of_nobody.push_back(path);
    else if (named.size() > 1)
      found.ambiguous.push_back(path);
    else
      found.of_row[*named.begin()].push_back(path);
  }
  if (!has_zero || time_words.size() != 1) return std::nullopt;
  return found;
}

bool can_hold_events(const std::filesystem::path& path) {
  static const std::array<std::string_view, 6> endings{".fcs", ".lmd", ".h5ad",
                                                       ".csv", ".tsv", ".txt"};
  std::string ending = path.extension().string();
  for (char& letter : ending)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

FoundFiles match_sample_files(const std::vector<std::string>& paths,
                              const std::vector<PatientVisit>& rows) {
  FoundFiles found = match_by_name(paths, rows);
  if (found.of_nobody.size() < paths.size()) return found;
  return match_by_number(paths, rows).value_or(std::move(found));
}

std::vector<std::string> event_files_below(const std::string& folder) {
  namespace fs = std::filesystem;
  const fs::path root = folder.empty() ? fs::path(".") : fs::path(folder);
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    const bool is_hidden = entry->path().filename().string().starts_with('.');
    if (is_hidden && entry->is_directory(ignored)) entry.disable_recursion_pending();
    if (is_hidden || !entry->is_regular_file(ignored) || !can_hold_events(entry->path())) continue;
    paths.push_back(entry->path().lexically_relative(root).generic_string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace gateless::io
