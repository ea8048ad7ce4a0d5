#include "io/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

#include "host/core/error.hpp"
#include "io/other_formats.hpp"
#include "io/spreadsheet.hpp"
#include "io/text_file.hpp"
#include "io/utf8.hpp"

namespace gateless::io {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Walks over the text once, row by row.
class CsvCursor {
 public:
  CsvCursor(std::string_view text, const std::string& path, char separator)
      : text_(text), path_(path), separator_(separator), ends_{separator, '\r', '\n'} {}

  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  [[nodiscard]] int line() const { return line_; }

  /// The next row's fields; one empty field for a blank line.
  std::vector<std::string> row() {
    std::vector<std::string> fields;
    do {
      fields.push_back(peek() == '"' ? quoted_field() : plain_field());
    } while (skip_if(separator_));
    skip_if('\r');
    skip_if('\n');
    return fields;
  }

 private:
  static constexpr char kEnd = '\0';

  [[nodiscard]] char peek() const { return at_end() ? kEnd : text_[position_]; }

  char take() {
    const char letter = text_[position_++];
    const bool is_lone_return = letter == '\r' && peek() != '\n';
    if (letter == '\n' || is_lone_return) ++line_;
    return letter;
  }

  bool skip_if(char letter) {
    if (at_end() || text_[position_] != letter) return false;
    take();
    return true;
  }

  std::string plain_field() {
    const std::size_t end = std::min(text_.find_first_of(ends(), position_), text_.size());
    std::string field(text_.substr(position_, end - position_));
    position_ = end;
    return field;
  }

  std::string quoted_field() {
    const int first_line = line_;
    std::string field;
    take();
    while (true) {
      if (at_end()) {
        throw InputError(
            fmt::format("{}:{}: a quote is opened and never closed (the rest of the file "
                        "would be one field); add the closing quote",
                        path_, first_line));
      }
      const char letter = take();
      if (letter != '"') {
        field += letter;
      } else if (!skip_if('"')) {
        break;
      } else {
        field += '"';
      }
    }
    if (at_end() || ends().find(peek()) != std::string_view::npos) return field;
    throw InputError(
        fmt::format("{}:{}: text follows a closing quote (where the field ends is unclear); "
                    "double the quotes inside a field",
                    path_, line_));
  }

  /// What ends a field.
  [[nodiscard]] std::string_view ends() const { return {ends_.data(), ends_.size()}; }

  std::string_view text_;
  const std::string& path_;
  char separator_;
  std::array<char, 3> ends_;
  std::size_t position_ = 0;
  int line_ = 1;
};

void reject_other_formats(std::string_view text, const std::string& path) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw InputError(
        fmt::format("{}: byte {}: is not text (a table as CSV was expected); check that it is "
                    "the right file",
                    path, nul));
  }
}

void check_header(const CsvTable& table, const CsvLimits& limits) {
  const auto fail = [&](const std::string& what) {
    throw InputError(fmt::format("{}:1: {}", table.path, what));
  };
  if (table.header.size() > limits.columns) {
    fail(fmt::format(
        "{} columns (more than {}, a table cannot need so many); check that it is the right file",
        table.header.size(), limits.columns));
  }
  if (table.header.size() == 1 && table.header[0].find_first_of(";\t") != std::string::npos) {
    fail(
        "the columns are not separated by commas (they would be read as one); save the table as "
        "CSV with commas");
  }
}

/// A comma, or what separates the fields of a header that has none.
char separator_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of("\r\n");
  if (first == std::string_view::npos) return ',';
  const std::string_view header = text.substr(first, text.find_first_of("\r\n", first) - first);
  for (const char separator : {',', '\t', ';'}) {
    if (header.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

bool is_blank(const std::vector<std::string>& row) {
  return row.size() == 1 && trim(row[0]).empty();
}

}  // namespace

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

CsvTable parse_csv(std::string_view text, const std::string& path, const CsvLimits& limits) {
  reject_other_formats(text, path);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvTable table{.path = path, .header = {}, .rows = {}, .lines = {}};
  CsvCursor cursor(text, path, limits.any_separator ? separator_of(text) : ',');
  Problems problems(path);
  while (!cursor.at_end()) {
    const int line = cursor.line();
    std::vector<std::string> row = cursor.row();
    if (table.header.empty()) {
      if (is_blank(row)) continue;
      for (const std::string& name : row) table.header.emplace_back(trim(name));
      check_header(table, limits);
      continue;
    }
    if (is_blank(row) && (table.header.size() > 1 || row[0].empty())) continue;
    if (row.size() != table.header.size()) {
      problems.add(line,
                   fmt::format("{} fields where the header has {} (values would be in the wrong "
                               "column); add or remove separators",
                               row.size(), table.header.size()));
    }
    table.rows.push_back(std::move(row));
    table.lines.push_back(line);
  }
  problems.throw_if_any();
  if (table.header.empty()) {
    throw InputError(
        fmt::format("{}: is empty (a table with a header row was expected); check that it is "
                    "the right file",
                    path));
  }
  return table;
}

CsvTable read_csv(const std::string& path, const CsvLimits& limits) {
  const std::string text = read_text_file(path, limits.bytes);
  if (const std::string_view what = other_format(text); !what.empty()) {
    throw InputError(
        fmt::format("{}: is {}, not a table of text; save it as CSV, or unpack it", path, what));
  }
  if (text.find('\0') != std::string::npos) return parse_csv(text, path, limits);
  const std::string utf8 = valid_utf8(text);
  return parse_csv(limits.is_sheet ? tidy_sheet(utf8) : utf8, path, limits);
}

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::string number_text(std::optional<double> number) {
  if (!number || !std::isfinite(*number)) return {};
  return fmt::format("{}", *number);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

CsvWriter::CsvWriter(const std::string& path, const std::vector<std::string>& header)
    : file_(path), columns_(header.size()) {
  for (const std::string& name : header) text(name);
  end_row();
}

CsvWriter& CsvWriter::text(std::string_view cell) {
  if (cells_++ > 0) row_ += ',';
  const bool has_special = cell.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!has_special && trim(cell).size() == cell.size()) {
    row_ += cell;
    return *this;
  }
  row_ += '"';
  for (const char letter : cell) {
    if (letter == '"') row_ += '"';
    row_ += letter;
  }
  row_ += '"';
  return *this;
}

void CsvWriter::end_row() {
  assert(cells_ == columns_);
  row_ += '\n';
  file_.write(row_);
  row_.clear();
  cells_ = 0;
}

void CsvWriter::commit() { file_.commit(); }

}  // namespace gateless::io
