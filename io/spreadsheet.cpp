#include "io/spreadsheet.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <vector>

#include "host/core/plain_text.hpp"

namespace gateless::io {
namespace {

bool has_content(std::string_view line, char separator) {
  return std::any_of(line.begin(), line.end(), [&](char letter) {
    return letter != separator && letter != ' ' && letter != '\r' && letter != '"';
  });
}

/// Lines without their ends: \n, \r\n or, in old files, \r.
std::vector<std::string_view> lines_of(std::string_view text) {
  const char end_of_line = text.find('\n') == std::string_view::npos ? '\r' : '\n';
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(end_of_line), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

char separator_of(std::string_view header) {
  for (const char separator : {'\t', ';', ','}) {
    if (header.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

std::size_t trailing_separators(std::string_view line, char separator) {
  std::size_t count = 0;
  while (!line.empty() && (line.back() == separator || line.back() == ' ')) {
    count += line.back() == separator ? 1U : 0U;
    line.remove_suffix(1);
  }
  return count;
}

std::string_view without_separators(std::string_view line, char separator, std::size_t count) {
  while (count > 0 && !line.empty()) {
    count -= line.back() == separator ? 1U : 0U;
    line.remove_suffix(1);
  }
  return line;
}

/// The line of the header: the first one, or below a title or remarks the first that names patients and visits.
std::size_t header_line(const std::vector<std::string_view>& lines, std::size_t first) {
  constexpr std::size_t kLookedAt = 12;
  for (std::size_t line = first; line < std::min(lines.size(), first + kLookedAt); ++line) {
    std::string small(lines[line]);
    for (char& letter : small)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    const bool is_table = small.find_first_of(",;\t") != std::string::npos;
    if (is_table && small.find("patient") != std::string::npos &&
        small.find("visit") != std::string::npos) {
      return line;
    }
  }
  return first;
}

/// Fields without blanks around them; a line with quotes is left as it is.
std::string plain_fields(std::string_view line, char separator) {
  if (line.find('"') != std::string_view::npos) return std::string(line);
  std::string plain;
  while (true) {
    const std::size_t end = std::min(line.find(separator), line.size());
    plain += plain_blanks(line.substr(0, end));
    if (end == line.size()) return plain;
    plain += separator;
    line.remove_prefix(end + 1);
  }
}

}  // namespace

std::string tidy_sheet(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string_view> lines = lines_of(text);
  std::size_t first = 0;
  if (!lines.empty() && lines[0].starts_with("sep=")) lines[first++] = "";
  while (first < lines.size() && lines[first].find_first_not_of(" ,;\t") == std::string_view::npos)
    lines[first++] = "";
  if (first == lines.size()) return std::string(text);
  for (const std::size_t header = header_line(lines, first); first < header; ++first)
    lines[first] = "";
  const char separator = separator_of(lines[first]);
  // As many as every line with content has: columns without a name and without values.
  std::size_t loose = trailing_separators(lines[first], separator);
  for (const std::string_view line : lines) {
    if (has_content(line, separator)) loose = std::min(loose, trailing_separators(line, separator));
  }
  std::string tidy;
  for (const std::string_view line : lines) {
    if (has_content(line, separator))
      tidy += plain_fields(without_separators(line, separator, loose), separator);
    tidy += '\n';
  }
  return tidy;
}

std::string shown_cell(std::string_view cell) {
  constexpr std::string_view kOpening[] = {"\u201C", "\u201E", "\u2018", "\u201A"};
  constexpr std::string_view kClosing[] = {"\u201D", "\u201C", "\u2019", "\u2018"};
  std::string_view shown = trim(cell);
  if (shown.size() >= 3 && shown.starts_with("=\"") && shown.ends_with('"'))
    return std::string(shown.substr(2, shown.size() - 3));
  for (std::size_t kind = 0; kind < std::size(kOpening); ++kind) {
    const std::string_view open = kOpening[kind], close = kClosing[kind];
    if (shown.size() > open.size() + close.size() && shown.starts_with(open) &&
        shown.ends_with(close)) {
      return std::string(shown.substr(open.size(), shown.size() - open.size() - close.size()));
    }
  }
  return std::string(cell);
}

std::optional<double> parse_local_number(std::string_view text) {
  if (const auto number = parse_number(text)) return number;
  std::string pointed(trim(text));
  if (std::count(pointed.begin(), pointed.end(), ',') != 1 ||
      pointed.find('.') != std::string::npos)
    return std::nullopt;
  std::replace(pointed.begin(), pointed.end(), ',', '.');
  return parse_number(pointed);
}

}  // namespace gateless::io
