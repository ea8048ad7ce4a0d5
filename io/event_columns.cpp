#include "io/event_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "host/core/error.hpp"
#include "io/event_cells.hpp"
#include "io/event_csv.hpp"
#include "io/line_reader.hpp"

namespace gateless {
namespace {

std::size_t not_finite(const std::vector<float>& values) {
  return static_cast<std::size_t>(std::count_if(values.begin(), values.end(),
                                                [](float value) { return !std::isfinite(value); }));
}

}  // namespace

void tell_missing(RawSample& sample, const std::vector<bool>& is_text,
                  const std::vector<std::size_t>& missing) {
  constexpr std::size_t kNamed = 4;
  std::size_t cells = 0;
  std::vector<std::string> names;
  for (std::size_t column = 0; column < missing.size(); ++column) {
    if (missing[column] == 0 || is_text[column]) continue;
    cells += missing[column];
    names.push_back(sample.channels[column].name);
  }
  if (!names.empty()) {
    const std::size_t columns = names.size();
    if (columns > kNamed) names.resize(kNamed);
    sample.warnings.push_back(fmt::format("{} cells are blank or say NA: in {}{}.", cells,
                                          fmt::join(names, ", "),
                                          columns > kNamed ? " and others" : ""));
  }
  for (std::size_t column = 0; column < missing.size(); ++column) {
    if (is_text[column]) continue;
    const std::size_t count = not_finite(sample.values[column]) - missing[column];
    if (count == 0) continue;
    sample.warnings.push_back(fmt::format("{} values of {} are infinite or not a number.", count,
                                          sample.channels[column].name));
  }
}

void drop_text_columns(RawSample& sample, const std::vector<bool>& is_text) {
  std::vector<std::string> names;
  for (std::size_t column = is_text.size(); column-- > 0;) {
    if (!is_text[column]) continue;
    const auto at = static_cast<std::ptrdiff_t>(column);
    names.insert(names.begin(), sample.channels[column].name);
    sample.channels.erase(sample.channels.begin() + at);
    sample.values.erase(sample.values.begin() + at);
  }
  if (names.empty()) return;
  sample.warnings.push_back(
      fmt::format("Columns of words are left out: {}.", fmt::join(names, ", ")));
}

bool looks_like_events(const std::string& path) {
  try {
    const ByteSource source(path);
    LineReader lines(source);
    std::optional<std::string_view> line = lines.next();
    while (line && line->find_first_not_of(" \t,;\"") == std::string_view::npos)
      line = lines.next();
    if (!line) return false;
    const char separator = separator_of_line(*line);
    const std::size_t columns = split_fields(*line, separator).size();
    for (const std::string_view field : split_fields(*line, separator)) {
      if (bare(field) == "patient") return false;
    }
    line = lines.next();
    if (!line) return false;
    DecimalCommas commas;
    std::size_t numbers = 0;
    for (const std::string_view field : split_fields(*line, separator)) {
      const std::string_view cell = bare(field);
      numbers += cell_number(cell) || (separator != ',' && commas.read(cell)) ? 1U : 0U;
    }
    return columns > 1 && 2 * numbers > columns;
  } catch (const UserError&) {
    return false;
  }
}

}  // namespace gateless
