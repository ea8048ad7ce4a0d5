// Numbers, lists and tables as the page's JSON holds them: short, as a page is mailed.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/core/result_fields.hpp"
#include "host/core/result_words.hpp"

namespace gateless::report {

inline constexpr int kReadDigits = 5;     ///< more cannot be read off a page
inline constexpr int kPictureDigits = 4;  ///< more cannot be seen in a picture
inline constexpr int kShownDigits = 3;  ///< of medians: what a cell of a heat map and its hint show

/// null for what is not finite; shorter text keeps large studies small.
[[nodiscard]] nlohmann::json page_number(double value, int digits = kReadDigits);
[[nodiscard]] nlohmann::json page_number(const Number& value, int digits = kReadDigits);

/// [[name, value]].
template <class Value>
nlohmann::json page_pairs(const std::vector<std::pair<std::string, Value>>& entries) {
  nlohmann::json result = nlohmann::json::array();
  for (const auto& [name, value] : entries) {
    if constexpr (std::is_same_v<Value, double>) {
      result.push_back(nlohmann::json::array({name, page_number(value, kShownDigits)}));
    } else {
      result.push_back(nlohmann::json::array({name, value}));
    }
  }
  return result;
}

/// What a table of the page holds for a field of a row.
template <class Value>
nlohmann::json page_value(const Value& value, int digits) {
  if constexpr (std::is_same_v<Value, double> || std::is_same_v<Value, Number>) {
    return page_number(value, digits);
  } else if constexpr (requires { text_of(value); }) {
    return text_of(value);
  } else if constexpr (requires { page_pairs(value); }) {
    return page_pairs(value);
  } else {
    return value;
  }
}

/// Column names once, then a row of values each: a third of the size of one object a row.
template <class Row, class Values>
nlohmann::json page_table(std::initializer_list<const char*> columns, const std::vector<Row>& rows,
                          Values values) {
  nlohmann::json result = {{"columns", columns}, {"rows", nlohmann::json::array()}};
  for (const Row& row : rows) result["rows"].push_back(values(row));
  return result;
}

/// How the page shows a table that is also a CSV file.
struct PageTable {
  std::vector<std::string_view> left_out = {};  ///< fields that the page has no use for
  int digits = kReadDigits;
};

template <class Fields>
nlohmann::json page_table(const Fields& fields, const std::vector<RowOf<Fields>>& rows,
                          const PageTable& shown = {}) {
  const auto is_shown = [&](std::string_view name) {
    return std::find(shown.left_out.begin(), shown.left_out.end(), name) == shown.left_out.end();
  };
  nlohmann::json columns = nlohmann::json::array(), lines = nlohmann::json::array();
  for_each_field(fields, [&](const auto& field) {
    if (is_shown(field.name)) columns.push_back(field.name);
  });
  for (const auto& row : rows) {
    nlohmann::json line = nlohmann::json::array();
    for_each_field(fields, [&](const auto& field) {
      if (is_shown(field.name)) line.push_back(page_value(row.*field.member, shown.digits));
    });
    lines.push_back(std::move(line));
  }
  return {{"columns", std::move(columns)}, {"rows", std::move(lines)}};
}

/// The same table with one more column, which the page alone has.
template <class Row, class Value>
nlohmann::json with_column(nlohmann::json table, const char* name, const std::vector<Row>& rows,
                           Value value) {
  table["columns"].push_back(name);
  for (std::size_t row = 0; row < rows.size(); ++row)
    table["rows"][row].push_back(value(rows[row]));
  return table;
}

/// The same with text as its place in a list of words, for columns that say few things in many rows.
[[nodiscard]] nlohmann::json with_words(nlohmann::json table,
                                        const std::vector<std::string>& columns);

}  // namespace gateless::report
