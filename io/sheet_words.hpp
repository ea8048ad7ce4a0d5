// The words of sample sheets as clinics write them: names of columns, missing values, spellings. Internal to sample_sheet.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/sample_sheet.hpp"

namespace gateless::io {

/// The columns that a sheet may have besides numbers; patient and visit first.
[[nodiscard]] const std::vector<std::string>& known_sheet_columns();
[[nodiscard]] bool is_known_column(const std::string& name);
/// Whether `name` is another word for a known column: "Time point" for visit, "cells/uL" for cells_per_ul.
[[nodiscard]] bool means_column(const std::string& name, const std::string& column);
[[nodiscard]] std::string small_letters(std::string text);

/// Whether a field says that there is no value, as spreadsheets and statistics programs write it.
[[nodiscard]] bool is_missing_value(std::string_view field);
/// A number, or yes and no as 1 and 0.
[[nodiscard]] std::optional<double> number_or_yes_no(std::string_view field);
[[nodiscard]] bool is_number_or_missing(const std::string& field);

/// Words of a column that differ in capitals, blanks or leading zeros alone become one: the one that is there more often, or
/// first. Each that is replaced is a warning, which names the sheet's `path`.
void join_spellings(SampleSheet& sheet, std::string Sample::*field, const std::string& path);

}  // namespace gateless::io
