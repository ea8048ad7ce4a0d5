#include "io/sheet_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "host/core/plain_text.hpp"
#include "io/csv.hpp"
#include "io/spreadsheet.hpp"

namespace gateless::io {
namespace {

/// A word as it is compared: without capitals, numbers without leading zeros (spreadsheets take them away), and for visits
/// and groups without blanks, dashes and lines between parts ("week 24" is "Week_24").
std::string plain_word(const std::string& word, std::string Sample::*field) {
  std::string plain = small_letters(word);
  if (!plain.empty() && plain.find_first_not_of("0123456789") == std::string::npos)
    return plain.substr(std::min(plain.find_first_not_of('0'), plain.size() - 1));
  if (field == &Sample::visit || field == &Sample::group) {
    std::string joined = plain;
    std::erase_if(joined,
                  [](char letter) { return letter == ' ' || letter == '-' || letter == '_'; });
    if (!joined.empty() && std::isalpha(static_cast<unsigned char>(joined.front())) != 0)
      return joined;
  }
  return plain;
}

}  // namespace

const std::vector<std::string>& known_sheet_columns() {
  static const std::vector<std::string> names{"patient", "visit", "file", "group",
                                              "panel",   "batch", "role", "cells_per_ul"};
  return names;
}

std::string small_letters(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

bool is_known_column(const std::string& name) {
  return std::find(known_sheet_columns().begin(), known_sheet_columns().end(), name) !=
         known_sheet_columns().end();
}

bool means_column(const std::string& name, const std::string& column) {
  static const std::map<std::string, std::vector<std::string>> known_words{
      {"patient", {"subject", "subjectid", "subjid", "usubjid", "participant", "proband"}},
      {"visit", {"timepoint", "time", "zeitpunkt", "day", "week"}},
      {"cells_per_ul", {"cellsul", "cellsperul", "cellspermicroliter", "zellenul"}}};
  const auto words = known_words.find(column);
  if (words == known_words.end()) return false;
  std::string letters;
  for (const char letter : small_letters(latin_letters(name))) {
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) letters += letter;
  }
  return std::find(words->second.begin(), words->second.end(), letters) != words->second.end();
}

bool is_missing_value(std::string_view field) {
  static const std::array<const char*, 16> known_words{
      "",     "na",  "n/a", "#n/a", "n.a.", "nan", "null",   "none",
      "n.d.", "n.d", "nd",  ".",    "-",    "--",  "\u2013", "\u2014"};
  const std::string word = small_letters(std::string(trim(field)));
  return std::find(known_words.begin(), known_words.end(), word) != known_words.end();
}

std::optional<double> number_or_yes_no(std::string_view field) {
  const std::string word = small_letters(std::string(trim(field)));
  if (word == "yes" || word == "true") return 1.0;
  if (word == "no" || word == "false") return 0.0;
  return parse_local_number(field);
}

bool is_number_or_missing(const std::string& field) {
  return is_missing_value(field) || number_or_yes_no(field);
}

void join_spellings(SampleSheet& sheet, std::string Sample::*field, const std::string& path) {
  std::map<std::string, std::map<std::string, std::size_t>>
      spellings;  // small letters -> word -> rows
  std::map<std::string, std::string> chosen;
  for (const Sample& sample : sheet.samples)
    ++spellings[plain_word(sample.*field, field)][sample.*field];
  for (const auto& [small, words] : spellings) {
    if (words.size() < 2) continue;
    const auto most =
        std::max_element(words.begin(), words.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    chosen[small] = most->first;
    for (const auto& [word, rows] : words) {
      if (word == most->first) continue;
      sheet.warnings.push_back(fmt::format(
          "{}: '{}' is read as '{}', which differs in {} alone", path, word, most->first,
          small_letters(word) == small_letters(most->first)            ? "capitals"
          : small.find_first_not_of("0123456789") == std::string::npos ? "leading zeros"
                                                                       : "blanks or dashes"));
    }
  }
  for (Sample& sample : sheet.samples) {
    const auto word = chosen.find(plain_word(sample.*field, field));
    if (word != chosen.end()) sample.*field = word->second;
  }
}

}  // namespace gateless::io
