// Comma-separated tables (RFC 4180): read with the line each row came from, written complete or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "io/atomic_file.hpp"

namespace gateless::io {

struct CsvTable {
  std::string path;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< [rows][header]
  std::vector<int> lines;                      ///< [rows], 1-based line on which the row begins

  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
};

struct CsvLimits {
  std::uint64_t bytes = std::uint64_t{1} << 30U;
  std::size_t columns = 10'000;
  bool any_separator = false;  ///< tabs or semicolons where the header has no comma
  bool is_sheet = false;       ///< without the loose ends of spreadsheets: see tidy_sheet()
};

/// Reads a table with a header row. Fields may be quoted, and then hold commas, line breaks and doubled quotes;
/// a byte order mark, CRLF and blank lines are accepted.
/// Errors: InputError with the line: ragged rows (all of them), text around quotes, an unclosed quote, NUL bytes,
/// a semicolon or tab in place of the comma (unless any_separator), no header, over the limits.
[[nodiscard]] CsvTable read_csv(const std::string& path, const CsvLimits& limits = {});
/// The same from text; `path` only names it in errors.
[[nodiscard]] CsvTable parse_csv(std::string_view text, const std::string& path,
                                 const CsvLimits& limits = {});

/// A finite number with '.' for decimals and nothing else around it (blanks excepted), or nothing.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
/// The shortest digits that read back as the same number; empty for nothing, infinite and not-a-number.
[[nodiscard]] std::string number_text(std::optional<double> number);
/// Without the blanks and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

/// Writes a table row by row; the file appears on commit(). Text is kept as it is (quoted where a comma, a quote,
/// a line break or a blank at an end needs it): a name such as "-dump" must read back as itself, so nothing is
/// put in front of text that a spreadsheet would take for a formula.
class CsvWriter {
 public:
  CsvWriter(const std::string& path, const std::vector<std::string>& header);

  CsvWriter& text(std::string_view cell);
  CsvWriter& number(std::optional<double> cell) { return text(number_text(cell)); }
  template <class Integer>
  CsvWriter& count(Integer cell) {
    static_assert(std::is_integral_v<Integer>);
    return text(std::to_string(cell));
  }
  /// Ends the row, which must have as many cells as the header.
  void end_row();
  void commit();

 private:
  AtomicFile file_;
  std::size_t columns_;
  std::size_t cells_ = 0;  ///< of the current row
  std::string row_;
};

}  // namespace gateless::io
