#include "io/sample_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>

#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "io/csv.hpp"
#include "io/text_file.hpp"

namespace gateless {
namespace {

constexpr std::uint64_t kLargestSheet = std::uint64_t{16} << 20U;

const std::vector<std::string>& known_columns() {
  static const std::vector<std::string> names{"file",  "patient", "visit", "group",
                                              "panel", "batch",   "role",  "cells_per_ul"};
  return names;
}
constexpr std::size_t kNeededColumns = 4;  ///< the first of known_columns()

std::string lower(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// A sheet on its way from table to samples.
class SheetReader {
 public:
  explicit SheetReader(const std::string& path)
      : table_(read_csv(path, {.bytes = kLargestSheet})), problems_(path) {}

  SampleSheet read() {
    check_columns();
    problems_.throw_if_any();
    if (table_.rows.empty())
      problems_.add(0, "names no sample (there is nothing to analyse); add a row a file");
    find_number_columns();
    for (std::size_t row = 0; row < table_.rows.size(); ++row)
      sheet_.samples.push_back(sample(row));
    check_files();
    check_repeats();
    problems_.throw_if_any();
    return std::move(sheet_);
  }

 private:
  void check_columns() {
    std::map<std::string, int> seen;
    for (std::string& name : table_.header) {
      if (is_known(lower(name))) name = lower(name);
      if (++seen[name] == 2)
        problems_.add(
            1, fmt::format("column '{}' stands twice (which one counts is unclear); remove one",
                           name));
    }
    for (std::size_t index = 0; index < kNeededColumns; ++index) {
      const std::string& needed = known_columns()[index];
      if (table_.column(needed)) continue;
      const std::string likely = nearest_word(needed, table_.header);
      const bool is_free = !likely.empty() && !is_known(likely);
      problems_.add(1, fmt::format("column '{}' is missing (every sample needs it); {}", needed,
                                   is_free ? fmt::format("did you mean it by '{}'?", likely)
                                           : "add it (file,patient,visit,group are needed)"));
    }
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
      const std::string likely = nearest_word(name, known_columns());
      if (!likely.empty() && !table_.column(likely)) {
        sheet_.warnings.push_back(fmt::format("{}:1: column '{}' is not known; did you mean '{}'?",
                                              table_.path, name, likely));
      }
      const auto is_number_or_empty = [column](const std::vector<std::string>& row) {
        return trim(row[column]).empty() || parse_number(row[column]);
      };
      if (std::all_of(table_.rows.begin(), table_.rows.end(), is_number_or_empty)) {
        number_columns_.push_back(column);
      } else {
        sheet_.warnings.push_back(fmt::format(
            "{}:1: column '{}' is ignored: not all of its fields are numbers", table_.path, name));
      }
    }
  }

  Sample sample(std::size_t row) {
    Sample sample;
    sample.line = table_.lines[row];
    sample.file = needed(row, "file");
    sample.patient = needed(row, "patient");
    sample.visit = needed(row, "visit");
    sample.group = needed(row, "group");
    sample.panel = field(row, "panel");
    sample.batch = field(row, "batch");
    sample.is_control = is_control(row);
    sample.cells_per_ul = cells_per_ul(row);
    for (const std::size_t column : number_columns_) {
      sample.numbers[table_.header[column]] = parse_number(table_.rows[row][column]);
    }
    const std::filesystem::path folder = std::filesystem::path(table_.path).parent_path();
    sample.path = (folder / sample.file).lexically_normal().string();
    return sample;
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
    if (text.empty()) return std::nullopt;
    const std::optional<double> value = parse_number(text);
    if (!value || *value < 0.0) {
      problems_.add(
          table_.lines[row],
          fmt::format("cells_per_ul '{}' is no count (cells per microlitre follow from it); "
                      "write a number from 0 or leave it empty",
                      text));
      return std::nullopt;
    }
    return value;
  }

  void check_files() {
    std::map<std::string, int> first_line;
    for (const Sample& sample : sheet_.samples) {
      if (sample.file.empty()) continue;
      const auto [first, is_new] = first_line.emplace(sample.path, sample.line);
      if (!is_new) {
        problems_.add(sample.line, fmt::format("file '{}' stands in line {} already (its events "
                                               "would count twice); remove one row",
                                               sample.file, first->second));
        continue;
      }
      std::error_code ignored;
      if (std::filesystem::is_regular_file(sample.path, ignored)) continue;
      problems_.add(
          sample.line,
          fmt::format(
              "file '{}' does not exist (looked for as {}); correct the name, which is relative "
              "to the sheet's folder",
              sample.file, sample.path));
    }
  }

  /// The same blood measured in another batch is a replicate; twice in one batch is most likely a mistake.
  void check_repeats() {
    std::map<std::tuple<std::string, std::string, std::string>, const Sample*> first_of;
    for (const Sample& sample : sheet_.samples) {
      if (sample.is_control || sample.patient.empty() || sample.visit.empty()) continue;
      const auto [first, is_new] =
          first_of.emplace(std::tuple(sample.patient, sample.visit, sample.panel), &sample);
      if (is_new) continue;
      const std::string what = fmt::format(
          "patient '{}', visit '{}'{} stands in line {} already", sample.patient, sample.visit,
          sample.panel.empty() ? "" : fmt::format(", panel '{}'", sample.panel),
          first->second->line);
      if (sample.panel.empty()) {
        sheet_.warnings.push_back(fmt::format("{}:{}: {}; taken as another panel of that visit",
                                              table_.path, sample.line, what));
      } else if (sample.batch != first->second->batch) {
        sheet_.warnings.push_back(fmt::format("{}:{}: {}, in another batch; their mean is compared",
                                              table_.path, sample.line, what));
      } else {
        problems_.add(sample.line, what +
                                       " (which one is compared is unclear); give technical "
                                       "repeats role control or another batch");
      }
    }
  }

  CsvTable table_;
  Problems problems_;
  SampleSheet sheet_;
  std::vector<std::size_t> number_columns_;
};

}  // namespace

SampleSheet read_sample_sheet(const std::string& path) { return SheetReader(path).read(); }

}  // namespace gateless
