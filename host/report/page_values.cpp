#include "host/report/page_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace gateless::report {

using nlohmann::json;

json page_number(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return std::strtod(text, nullptr);
}

json page_number(const Number& value, int digits) {
  return value ? page_number(*value, digits) : json(nullptr);
}

json with_words(json table, const std::vector<std::string>& columns) {
  std::map<std::string, std::size_t> places;
  json words = json::array(), coded = json::array();
  for (std::size_t column = 0; column < table["columns"].size(); ++column) {
    const std::string name = table["columns"][column];
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) continue;
    coded.push_back(column);
    for (json& row : table["rows"]) {
      const auto [place, is_new] =
          places.try_emplace(row[column].get<std::string>(), places.size());
      if (is_new) words.push_back(place->first);
      row[column] = place->second;
    }
  }
  table["words"] = std::move(words);
  table["coded"] = std::move(coded);
  return table;
}

}  // namespace gateless::report
