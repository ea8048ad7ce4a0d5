// Numbers, lists and tables as the page's JSON holds them: short, as a page is mailed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/core/results.hpp"

namespace gateless {

/// Five digits: more cannot be read off a page, and shorter text keeps large studies small.
[[nodiscard]] nlohmann::json page_number(double value);
[[nodiscard]] nlohmann::json page_number(const Number& value);
/// Three digits: what a cell of a heat map and its hint show.
[[nodiscard]] nlohmann::json shown_number(const Number& value);

/// Column names once, then a row of values each: a third of the size of one object a row.
template <class Row, class Values>
nlohmann::json page_table(std::initializer_list<const char*> columns, const std::vector<Row>& rows,
                          Values values) {
  nlohmann::json result = {{"columns", columns}, {"rows", nlohmann::json::array()}};
  for (const Row& row : rows) result["rows"].push_back(values(row));
  return result;
}

/// The same with text as its place in a list of words, for columns that say few things in many rows.
[[nodiscard]] nlohmann::json with_words(nlohmann::json table,
                                        const std::vector<std::string>& columns);

/// [[name, value]].
template <class Value>
nlohmann::json page_pairs(const std::vector<std::pair<std::string, Value>>& entries) {
  nlohmann::json result = nlohmann::json::array();
  for (const auto& [name, value] : entries) {
    if constexpr (std::is_same_v<Value, double>) {
      result.push_back(nlohmann::json::array({name, shown_number(value)}));
    } else {
      result.push_back(nlohmann::json::array({name, value}));
    }
  }
  return result;
}

}  // namespace gateless
