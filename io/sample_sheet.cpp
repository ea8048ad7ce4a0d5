#include "io/sample_sheet.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "io/csv.hpp"
#include "io/sheet_files.hpp"
#include "io/sheet_words.hpp"
#include "io/spreadsheet.hpp"
#include "io/text_file.hpp"

namespace gateless::io {
namespace {

constexpr std::uint64_t kLargestSheet = std::uint64_t{16} << 20U;
constexpr std::size_t kNeededColumns = 2;       ///< the first of known_sheet_columns()
constexpr const char* kOnlyGroup = "patients";  ///< of everybody, where the sheet has no groups

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
      join_spellings(sheet_, field, table_.path);
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
      if (is_known_column(small_letters(name))) name = small_letters(name);
      if (++seen[name] == 2) {
        problems_.add(1,
                      fmt::format("column '{}' appears twice (it is ambiguous); remove one", name));
      }
    }
    for (std::size_t index = 0; index < kNeededColumns; ++index) {
      const std::string& needed = known_sheet_columns()[index];
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
    if (!likely.empty() && !is_known_column(likely)) return likely;
    for (const std::string& name : table_.header) {
      if (is_known_column(name)) continue;
      if (small_letters(name).find(missing) != std::string::npos || means_column(name, missing))
        return name;
    }
    return {};
  }

  void find_number_columns() {
    for (std::size_t column = 0; column < table_.header.size(); ++column) {
      const std::string& name = table_.header[column];
      if (is_known_column(name)) continue;
      if (name.empty()) {
        sheet_.warnings.push_back(
            fmt::format("{}:1: column {} has no name and is ignored", table_.path, column + 1));
        continue;
      }
      const std::string likely = means_column(name, "cells_per_ul")
                                     ? "cells_per_ul"
                                     : nearest_word(name, known_sheet_columns());
      if (!likely.empty() && !table_.column(likely)) {
        sheet_.warnings.push_back(fmt::format("{}:1: column '{}' is not known; did you mean '{}'?",
                                              table_.path, name, likely));
      }
      std::size_t row = 0;
      while (row < table_.rows.size() && is_number_or_missing(table_.rows[row][column])) ++row;
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
      sample.numbers[table_.header[column]] = number_or_yes_no(table_.rows[row][column]);
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
    const std::string role = small_letters(field(row, "role"));
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
    if (is_missing_value(text)) return std::nullopt;
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

}  // namespace gateless::io
