// The cells of an event table as spreadsheets and statistics programs write them: numbers with points or commas, nothing, words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateless::io {

/// The fields of a line one by one; a quoted one loses its quotes, but not doubled quotes inside.
class FieldReader {
 public:
  FieldReader(std::string_view line, char separator) : rest_(line), separator_(separator) {}

  [[nodiscard]] bool has_more() const { return has_more_; }
  std::string_view next();

 private:
  std::string_view rest_;
  char separator_;
  bool has_more_ = true;
};

[[nodiscard]] std::vector<std::string_view> split_fields(std::string_view line, char separator);
/// Tab, semicolon or comma: the first of these that the line has.
[[nodiscard]] char separator_of_line(std::string_view line);
/// Whether a line holds nothing but separators, blanks and quotes.
[[nodiscard]] bool is_blank_row(std::string_view line, char separator);

/// A cell: without the blanks and quotes around it.
[[nodiscard]] std::string_view bare(std::string_view field);
/// The number of a bare cell, with a decimal point; infinite and not-a-number are numbers.
[[nodiscard]] std::optional<float> cell_number(std::string_view cell);
/// Words by which programs say that a cell holds no value: nothing, NA, N/A, NULL, the errors of spreadsheets ...
[[nodiscard]] bool is_missing_cell(std::string_view cell);

/// Whether a cell that is no number is written with digits, points, commas, blanks and such alone: "1.234,5", "1 234", "12 %".
[[nodiscard]] bool is_like_number(std::string_view cell);

/// Numbers with a decimal comma, quoted where fields are separated by commas. A comma may also group thousands:
/// which it is shows in the whole table.
class DecimalCommas {
 public:
  /// The number that a bare cell with one comma is; nothing for all others.
  std::optional<float> read(std::string_view cell);
  /// Counts a number without a comma.
  void note_point(std::string_view cell) { points_ += cell.find('.') != cell.npos ? 1U : 0U; }
  [[nodiscard]] bool any() const { return commas_ > 0; }
  /// Why the commas cannot be read as decimal ones; empty if they can, or if there are none.
  [[nodiscard]] std::string doubt() const;

 private:
  std::size_t commas_ = 0;
  std::size_t like_thousands_ = 0;  ///< of `commas_`: one to three digits, a comma, three digits
  std::size_t points_ = 0;
};

}  // namespace gateless::io
