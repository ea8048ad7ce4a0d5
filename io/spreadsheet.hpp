// Tables of people as spreadsheet programs save them: their separators, decimal commas, blanks and loose ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/csv.hpp"

namespace gateless::io {

/// The text of a sheet without what spreadsheets add: a line "sep=;", a title above the header, rows of separators only,
/// separators behind the last column, blanks of Unicode around fields. Lines keep their numbers.
[[nodiscard]] std::string tidy_sheet(std::string_view text);

/// What a cell shows: P1 for ="P1", by which spreadsheets keep a number or a date as text, and for P1 in curly quotes.
[[nodiscard]] std::string shown_cell(std::string_view cell);

/// A number with a decimal point, or with a decimal comma; nothing for text such as "1,234.5" and "12,3,4".
[[nodiscard]] std::optional<double> parse_local_number(std::string_view text);

}  // namespace gateless::io
