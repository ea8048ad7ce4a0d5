// A table described once, column by column, so that what is written is what is read.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "host/core/error.hpp"
#include "host/core/result_words.hpp"
#include "io/csv.hpp"
#include "io/text_file.hpp"

namespace gateless::io {

/// One column of a table of `Row`s.
template <class Row>
struct Column {
  std::string name;
  std::function<std::string(const Row&)> text;
  std::function<bool(Row&, const std::string&)>
      parse;  ///< false: the field is not what the column holds
};

inline std::string field_text(const std::string& value) { return value; }
inline std::string field_text(double value) { return number_text(value); }
inline std::string field_text(const std::optional<double>& value) { return number_text(value); }
template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
std::string field_text(Integer value) {
  return std::to_string(value);
}
/// Of the words of results, by those that host/core/result_words.hpp has for them.
template <class Word, std::enable_if_t<std::is_enum_v<Word>, int> = 0>
std::string field_text(Word value) {
  return text_of(value);
}

inline bool parse_field(const std::string& text, std::string& value) {
  value = text;
  return true;
}
inline bool parse_field(const std::string& text, std::optional<double>& value) {
  value = parse_number(text);
  return value.has_value() || text.empty();
}
inline bool parse_field(const std::string& text, double& value) {
  const std::optional<double> number = parse_number(text);
  value = number.value_or(0.0);
  return number.has_value();
}
/// Counts, exact up to 2^53.
template <class Integer, class = std::enable_if_t<std::is_unsigned_v<Integer>>>
bool parse_field(const std::string& text, Integer& value) {
  const std::optional<double> number = parse_number(text);
  if (!number || *number < 0.0 || *number > 0x1.0p53) return false;
  value = static_cast<Integer>(*number);
  return static_cast<double>(value) == *number;
}
template <class Word, std::enable_if_t<std::is_enum_v<Word>, int> = 0>
bool parse_field(const std::string& text, Word& value) {
  return parse_word(text, value);
}

/// A column that holds one member of the row.
template <class Row, class Value>
Column<Row> column(std::string name, Value Row::*member) {
  return {std::move(name), [member](const Row& row) { return field_text(row.*member); },
          [member](Row& row, const std::string& text) { return parse_field(text, row.*member); }};
}

template <class Row>
void write_rows(const std::string& path, const std::vector<Column<Row>>& columns,
                const std::vector<Row>& rows) {
  std::vector<std::string> header;
  for (const Column<Row>& each : columns) header.push_back(each.name);
  CsvWriter writer(path, header);
  for (const Row& row : rows) {
    for (const Column<Row>& each : columns) writer.text(each.text(row));
    writer.end_row();
  }
  writer.commit();
}

template <class Row>
std::vector<Row> read_rows(const CsvTable& table, const std::vector<Column<Row>>& columns) {
  Problems problems(table.path);
  std::vector<std::size_t> places;
  for (const Column<Row>& each : columns) {
    const std::optional<std::size_t> place = table.column(each.name);
    if (!place) {
      problems.add(
          1,
          fmt::format(
              "column '{}' is missing (the table is not one of gateless); run the analysis again",
              each.name));
    }
    places.push_back(place.value_or(0));
  }
  problems.throw_if_any();
  std::vector<Row> rows(table.rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t index = 0; index < columns.size(); ++index) {
      const std::string& text = table.rows[row][places[index]];
      if (columns[index].parse(rows[row], text)) continue;
      problems.add(
          table.lines[row],
          fmt::format("'{}' is no value of column '{}'; undo the change or run the analysis again",
                      text, columns[index].name));
    }
  }
  problems.throw_if_any();
  return rows;
}

}  // namespace gateless::io
