// The columns of the CSV tables of results: host/core/result_fields.hpp says which they are, here is how each is written and read.
// Internal to result_tables.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "host/core/result_fields.hpp"
#include "io/table_columns.hpp"

namespace gateless::io {

/// A column that holds what a row has under `key` in one of its lists; empty where it has nothing.
template <class Row, class Value>
Column<Row> list_column(const ListField<Row, Value>& field, const std::string& key) {
  const auto list = field.member;
  return {field.prefix + key,
          [list, key](const Row& row) {
            for (const auto& [name, value] : row.*list) {
              if (name == key) return field_text(value);
            }
            return std::string{};
          },
          [list, key](Row& row, const std::string& text) {
            if (text.empty()) return true;
            (row.*list).emplace_back(key, Value{});
            return parse_field(text, (row.*list).back().second);
          }};
}

/// A column for each field; of a list, one for each of `keys_of_list(field)`.
template <class Fields, class KeysOfList>
std::vector<Column<RowOf<Fields>>> columns_of(const Fields& fields,
                                              const KeysOfList& keys_of_list) {
  using Row = RowOf<Fields>;
  std::vector<Column<Row>> columns;
  for_each_field(fields, [&]<class Each>(const Each& field) {
    if constexpr (requires { field.prefix; }) {
      for (const std::string& key : keys_of_list(field)) columns.push_back(list_column(field, key));
    } else {
      columns.push_back(column(field.name, field.member));
    }
  });
  return columns;
}

/// For tables that hold the lists of `rows`, in the order in which their keys are first seen.
template <class Fields>
std::vector<Column<RowOf<Fields>>> columns_of(const Fields& fields,
                                              const std::vector<RowOf<Fields>>& rows) {
  return columns_of(fields, [&](const auto& list) {
    std::vector<std::string> keys;
    for (const auto& row : rows) {
      for (const auto& [name, value] : row.*list.member) {
        if (std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(name);
      }
    }
    return keys;
  });
}

/// For a table that is read: lists have the keys of its header.
template <class Fields>
std::vector<Column<RowOf<Fields>>> columns_of(const Fields& fields, const CsvTable& table) {
  return columns_of(fields, [&](const auto& list) {
    const std::string prefix = list.prefix;
    std::vector<std::string> keys;
    for (const std::string& name : table.header) {
      if (name.starts_with(prefix)) keys.push_back(name.substr(prefix.size()));
    }
    return keys;
  });
}

/// For people and other programs: nothing here reads them back. With a column for each marker that `rows` have.
[[nodiscard]] std::vector<Column<MarkerMediansRow>> marker_median_columns(
    const std::vector<MarkerMediansRow>& rows);

}  // namespace gateless::io
