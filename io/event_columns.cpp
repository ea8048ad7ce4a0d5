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

namespace gateless::io {
namespace {

std::size_t not_finite(const std::vector<float>& values) {
  return static_cast<std::size_t>(std::count_if(values.begin(), values.end(),
                                                [](float value) { return !std::isfinite(value); }));
}

/// "FSC-A, CD3 and 4 others".
std::string few_of(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 4;
  const std::size_t named = std::min(names.size(), kNamed);
  std::string text = fmt::format(
      "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(named), ", "));
  if (named < names.size()) text += fmt::format(" and {} others", names.size() - named);
  return text;
}

}  // namespace

void tell_missing(RawSample& sample, const std::vector<bool>& is_text,
                  const std::vector<std::size_t>& missing) {
  std::size_t blank_cells = 0, odd_cells = 0;
  std::vector<std::string> with_blanks, with_odd;
  for (std::size_t column = 0; column < missing.size(); ++column) {
    if (is_text[column]) continue;
    const std::size_t odd = not_finite(sample.values[column]) - missing[column];
    blank_cells += missing[column];
    odd_cells += odd;
    if (missing[column] > 0) with_blanks.push_back(sample.channels[column].name);
    if (odd > 0) with_odd.push_back(sample.channels[column].name);
  }
  if (blank_cells > 0) {
    sample.warnings.push_back(
        fmt::format("{} cells are blank or say NA: in {}.", blank_cells, few_of(with_blanks)));
  }
  if (odd_cells > 0) {
    sample.warnings.push_back(
        fmt::format("{} values are infinite or not a number: {}.", odd_cells, few_of(with_odd)));
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

}  // namespace gateless::io
