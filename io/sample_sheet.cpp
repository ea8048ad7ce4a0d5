#include "io/sample_sheet.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>

#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/plain_text.hpp"
#include "io/csv.hpp"
#include "io/sheet_files.hpp"
#include "io/spreadsheet.hpp"
#include "io/text_file.hpp"

namespace gateless {
namespace {

constexpr std::uint64_t kLargestSheet = std::uint64_t{16} << 20U;

const std::vector<std::string>& known_columns() {
  static const std::vector<std::string> names{"patient", "visit", "file", "group",
                                              "panel",   "batch", "role", "cells_per_ul"};
  return names;
}
constexpr std::size_t kNeededColumns = 2;       ///< the first of known_columns()
constexpr const char* kOnlyGroup = "patients";  ///< of everybody, where the sheet has no groups

std::string lower(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// A sheet on its way from table to samples.
class SheetReader {
 public:
  SheetReader(const std::string& path, SheetFiles files)
      : files_(files),
        table_(read_csv(path, {.bytes = kLargestSheet, .any_separator = true, .is_sheet = true})),
        problems_(path) {}

  SampleSheet read() {
    for (std::string& name : table_.header) name = shown_cell(name);
    for (std::vector<std::string>& row : table_.rows) {
      for (std::string& cell : row) cell = shown_cell(cell);
    }
    check_columns();
    problems_.throw_if_any();
    if (table_.rows.empty()) problems_.add(0, "has no samples; add one row per file");
    find_number_columns();
    for (std::size_t row = 0; row < table_.rows.size(); ++row)
      sheet_.samples.push_back(sample(row));
    problems_.throw_if_any();
    for (std::string Sample::*field :
         {&Sample::visit, &Sample::group, &Sample::patient, &Sample::panel})
      join_spellings(field);
    if (!table_.column("file") && !sheet_.samples.empty())
      find_sheet_files(table_.path, sheet_, problems_);
    warn_of_changing_groups();
    check_sheet_files(table_.path, sheet_, files_, problems_);
    check_repeats(table_.path, sheet_, problems_);
    problems_.throw_if_any();
    return std::move(sheet_);
  }

 private:
  void check_columns() {
    std::map<std::string, int> seen;
    for (std::string& name : table_.header) {
      if (is_known(lower(name))) name = lower(name);
      if (++seen[name] == 2) {
        problems_.add(1,
                      fmt::format("column '{}' appears twice (it is ambiguous); remove one", name));
      }
    }
    for (std::size_t index = 0; index < kNeededColumns; ++index) {
      const std::string& needed = known_columns()[index];
      if (table_.column(needed)) continue;
      const std::string likely = likely_column(needed);
      problems_.add(
          1, fmt::format("column '{}' is missing (every sample needs it); {}", needed,
                         likely.empty() ? "add it or rename the column that holds it (patient and "
                                          "visit are needed)"
                                        : fmt::format("did you mean it by '{}'?", likely)));
    }
    if (!table_.column("group")) {
      sheet_.warnings.push_back(fmt::format(
          "{}:1: there is no column 'group': everybody is treated as a patient, and nothing is "
          "compared with healthy people",
          table_.path));
    }
  }

  /// The column that was most likely meant by a name that is missing.
  [[nodiscard]] std::string likely_column(const std::string& missing) const {
    std::string likely = nearest_word(missing, table_.header);
    if (!likely.empty() && !is_known(likely)) return likely;
    for (const std::string& name : table_.header) {
      if (is_known(name)) continue;
      if (lower(name).find(missing) != std::string::npos || means(name, missing)) return name;
    }
    return {};
  }

  /// Other words that clinics have for a column: "Time point" for visit, "cells/uL" for cells_per_ul.
  static bool means(const std::string& name, const std::string& column) {
    static const std::map<std::string, std::vector<std::string>> known_words{
        {"patient", {"subject", "subjectid", "subjid", "usubjid", "participant", "proband"}},
        {"visit", {"timepoint", "time", "zeitpunkt", "day", "week"}},
        {"cells_per_ul", {"cellsul", "cellsperul", "cellspermicroliter", "zellenul"}}};
    const auto words = known_words.find(column);
    if (words == known_words.end()) return false;
    std::string letters;
    for (const char letter : lower(latin_letters(name))) {
      if (std::isalnum(static_cast<unsigned char>(letter)) != 0) letters += letter;
    }
    return std::find(words->second.begin(), words->second.end(), letters) != words->second.end();
  }

  static bool is_known(const std::string& name) {
    return std::find(known_columns().begin(), known_columns().end(), name) != known_columns().end();
  }

  void find_number_columns() {
    for (std::size_t column = 0; column < table_.header.size(); ++column) {
      const std::string& name = table_.header[column];
      if (is_known(name)) continue;
      if (name.empty()) {
        sheet_.warnings.push_back(
            fmt::format("{}:1: column {} has no name and is ignored", table_.path, column + 1));
        continue;
      }
      const std::string likely =
          means(name, "cells_per_ul") ? "cells_per_ul" : nearest_word(name, known_columns());
      if (!likely.empty() && !table_.column(likely)) {
        sheet_.warnings.push_back(fmt::format("{}:1: column '{}' is not known; did you mean '{}'?",
                                              table_.path, name, likely));
      }
      std::size_t row = 0;
      while (row < table_.rows.size() && is_value(table_.rows[row][column])) ++row;
      if (row == table_.rows.size()) {
        number_columns_.push_back(column);
        continue;
      }
      ignored_.push_back(name);
      sheet_.not_numbers[name] =
          fmt::format("'{}' in line {}", table_.rows[row][column], table_.lines[row]);
    }
    if (ignored_.empty()) return;
    sheet_.warnings.push_back(fmt::format(
        "{}:1: column{} '{}' {} ignored: not all fields are numbers, or yes and no ({})",
        table_.path, ignored_.size() > 1 ? "s" : "", fmt::join(ignored_, "', '"),
        ignored_.size() > 1 ? "are" : "is", sheet_.not_numbers[ignored_.front()]));
  }

  /// How spreadsheets and statistics programs write that there is no value.
  static bool is_missing(std::string_view field) {
    static const std::array<const char*, 16> known_words{
        "",     "na",  "n/a", "#n/a", "n.a.", "nan", "null",   "none",
        "n.d.", "n.d", "nd",  ".",    "-",    "--",  "\u2013", "\u2014"};
    const std::string word = lower(std::string(trim(field)));
    return std::find(known_words.begin(), known_words.end(), word) != known_words.end();
  }

  static bool is_value(const std::string& field) { return is_missing(field) || number_of(field); }

  /// A number, or yes and no as 1 and 0.
  static std::optional<double> number_of(std::string_view field) {
    const std::string word = lower(std::string(trim(field)));
    if (word == "yes" || word == "true") return 1.0;
    if (word == "no" || word == "false") return 0.0;
    return parse_local_number(field);
  }

  Sample sample(std::size_t row) {
    Sample sample;
    sample.line = table_.lines[row];
    sample.patient = needed(row, "patient");
    sample.visit = needed(row, "visit");
    sample.group = table_.column("group") ? needed(row, "group") : kOnlyGroup;
    sample.panel = field(row, "panel");
    sample.batch = field(row, "batch");
    sample.is_control = is_control(row);
    sample.cells_per_ul = cells_per_ul(row);
    for (const std::size_t column : number_columns_) {
      sample.numbers[table_.header[column]] = number_of(table_.rows[row][column]);
    }
    if (table_.column("file")) set_file(sample, table_.path, needed(row, "file"));
    return sample;
  }

  /// A person is a patient or a healthy one: whoever is compared with whom depends on it.
  void warn_of_changing_groups() {
    std::map<std::string, const Sample*> first_of;
    std::vector<std::string> changing;
    for (const Sample& sample : sheet_.samples) {
      const auto [first, is_new] = first_of.emplace(sample.patient, &sample);
      if (is_new || first->second->group == sample.group || sample.is_control) continue;
      changing.push_back(fmt::format("'{}' ('{}' in line {}, '{}' in line {})", sample.patient,
                                     first->second->group, first->second->line, sample.group,
                                     sample.line));
    }
    if (changing.empty()) return;
    sheet_.warnings.push_back(fmt::format(
        "{}: {} in several groups: {}{}; a person should have one group at all visits", table_.path,
        changing.size() == 1 ? "one patient is"
                             : fmt::format("patients are, in {} rows,", changing.size()),
        changing.front(), changing.size() > 1 ? ", ..." : ""));
  }

  /// A word as it is compared: without capitals, numbers without leading zeros (spreadsheets take them away), and for visits
  /// and groups without blanks, dashes and lines between parts ("week 24" is "Week_24").
  static std::string plain_word(const std::string& word, std::string Sample::*field) {
    std::string plain = lower(word);
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

  /// Words that differ in capitals and blanks alone are one: the one that is there more often, or first.
  void join_spellings(std::string Sample::*field) {
    std::map<std::string, std::map<std::string, std::size_t>>
        spellings;  // small letters -> word -> rows
    std::map<std::string, std::string> chosen;
    for (const Sample& sample : sheet_.samples)
      ++spellings[plain_word(sample.*field, field)][sample.*field];
    for (const auto& [small, words] : spellings) {
      if (words.size() < 2) continue;
      const auto most =
          std::max_element(words.begin(), words.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      chosen[small] = most->first;
      for (const auto& [word, rows] : words) {
        if (word == most->first) continue;
        sheet_.warnings.push_back(fmt::format(
            "{}: '{}' is read as '{}', which differs in {} alone", table_.path, word, most->first,
            lower(word) == lower(most->first)                            ? "capitals"
            : small.find_first_not_of("0123456789") == std::string::npos ? "leading zeros"
                                                                         : "blanks or dashes"));
      }
    }
    for (Sample& sample : sheet_.samples) {
      const auto word = chosen.find(plain_word(sample.*field, field));
      if (word != chosen.end()) sample.*field = word->second;
    }
  }

  [[nodiscard]] std::string field(std::size_t row, std::string_view name) const {
    const std::optional<std::size_t> column = table_.column(name);
    return column ? std::string(trim(table_.rows[row][*column])) : std::string{};
  }

  std::string needed(std::size_t row, std::string_view name) {
    std::string value = field(row, name);
    if (value.empty())
      problems_.add(table_.lines[row],
                    fmt::format("'{}' is empty (every sample needs it); fill it in", name));
    return value;
  }

  bool is_control(std::size_t row) {
    static const std::vector<std::string> roles{"sample", "control"};
    const std::string role = lower(field(row, "role"));
    if (role.empty() || role == roles[0]) return false;
    if (role == roles[1]) return true;
    problems_.add(
        table_.lines[row],
        fmt::format("role '{}' is not known (a control is not compared); use sample or control{}",
                    role, did_you_mean(role, roles)));
    return false;
  }

  std::optional<double> cells_per_ul(std::size_t row) {
    const std::string text = field(row, "cells_per_ul");
    if (is_missing(text)) return std::nullopt;
    const std::optional<double> value = parse_local_number(text);
    if (!value || *value < 0.0) {
      problems_.add(
          table_.lines[row],
          fmt::format(
              "cells_per_ul '{}' is not a count (cells per microlitre are computed from it); "
              "write a number of at least 0, or leave it empty or NA",
              text));
      return std::nullopt;
    }
    return value;
  }

  SheetFiles files_;
  CsvTable table_;
  Problems problems_;
  SampleSheet sheet_;
  std::vector<std::size_t> number_columns_;
  std::vector<std::string> ignored_;  ///< columns
};

}  // namespace

SampleSheet read_sample_sheet(const std::string& path, SheetFiles files) {
  return SheetReader(path, files).read();
}

}  // namespace gateless
