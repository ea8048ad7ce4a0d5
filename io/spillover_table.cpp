#include "io/spillover_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/fcs_text.hpp"

namespace gateless::io {
namespace {

using Fields = std::vector<std::string>;

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Fields split_at(std::string_view text, std::string_view separators) {
  Fields fields;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    fields.emplace_back(without_blanks(text.substr(0, end)));
    if (end == text.size()) return fields;
    text.remove_prefix(end + 1);
  }
}

/// The fields of a matrix: between commas, as the standard asks, or between what stands behind the count at its beginning.
/// Separators behind the last field count nothing.
Fields split_matrix(std::string_view text) {
  text = without_blanks(text);
  const std::size_t end = text.find_first_not_of("0123456789 ");
  std::string_view separators = ",";
  if (end != std::string_view::npos && text[end] == ';') separators = ";";
  if (end != std::string_view::npos &&
      (text[end] == '\t' || text[end] == '\n' || text[end] == '\r'))
    separators = ",\t\r\n";
  Fields fields = split_at(text, separators);
  if (separators == ";") {
    for (std::string& field : fields) std::replace(field.begin(), field.end(), ',', '.');
  }
  while (fields.size() > 1 && fields.back().empty()) fields.pop_back();
  return fields;
}

bool is_zeros(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

/// Whether one piece, or two pieces around a decimal comma, can be a coefficient: 1 on the diagonal, below 1 off it.
bool can_be(const Fields& pieces, std::size_t first, std::size_t count, bool is_diagonal) {
  std::string_view whole = pieces[first];
  if (!is_diagonal && whole.starts_with('-')) whole.remove_prefix(1);
  if (whole != (is_diagonal ? "1" : "0")) return false;
  if (count == 1) return true;
  const std::string& behind = pieces[first + 1];
  return is_digits(behind) && (!is_diagonal || is_zeros(behind));
}

/// Coefficients written with decimal commas, where there is only one way to read them; else nothing.
std::optional<Fields> with_decimal_commas(const Fields& pieces, std::size_t n) {
  const std::size_t values = n * n;
  constexpr std::size_t kMostChannels = 50;  // the table below has 2 n^4 entries
  if (n > kMostChannels || pieces.size() <= values || pieces.size() > 2 * values) return {};
  // ways[v][p]: how many ways (2 stands for many) the pieces from p on are the values from v on.
  std::vector<std::vector<std::uint8_t>> ways(values + 1,
                                              std::vector<std::uint8_t>(pieces.size() + 1, 0));
  ways[values][pieces.size()] = 1;
  const auto fits = [&](std::size_t value, std::size_t piece, std::size_t count) {
    return piece + count <= pieces.size() && can_be(pieces, piece, count, value / n == value % n) &&
           ways[value + 1][piece + count] != 0;
  };
  for (std::size_t value = values; value-- > 0;) {
    for (std::size_t piece = value; piece < pieces.size() && piece <= 2 * value; ++piece) {
      std::uint8_t sum = 0;
      for (const std::size_t count : {1U, 2U}) {
        if (fits(value, piece, count))
          sum = static_cast<std::uint8_t>(sum + ways[value + 1][piece + count]);
      }
      ways[value][piece] = std::min<std::uint8_t>(sum, 2);
    }
  }
  if (ways[0][0] != 1) return {};
  Fields coefficients;
  for (std::size_t value = 0, piece = 0; value < values; ++value) {
    const std::size_t count = fits(value, piece, 1) ? 1 : 2;
    coefficients.push_back(count == 1 ? pieces[piece] : pieces[piece] + "." + pieces[piece + 1]);
    piece += count;
  }
  return coefficients;
}

}  // namespace

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

SpilloverTable split_spillover(const std::string& text) {
  SpilloverTable table;
  const Fields fields = split_matrix(text);
  const auto count = whole_number(fields.front());
  constexpr std::uint64_t kMostChannels = 1000;
  if (!count || *count == 0 || *count >= fields.size() || *count > kMostChannels) {
    table.problem = "does not begin with a count of the names behind it";
    return table;
  }
  const auto n = static_cast<std::size_t>(*count);
  const auto behind_names = fields.begin() + static_cast<std::ptrdiff_t>(1 + n);
  table.names.assign(fields.begin() + 1, behind_names);
  table.coefficients.assign(behind_names, fields.end());
  if (table.coefficients.size() == n * n) return table;
  if (const auto read = with_decimal_commas(table.coefficients, n)) {
    table.coefficients = *read;
    table.has_decimal_commas = true;
  } else if (table.coefficients.empty()) {
    table.problem = fmt::format("names {} channels without any coefficient", n);
  } else {
    table.problem = fmt::format(
        "has {} fields, not the {} of {} channels{}", fields.size(), 1 + n + n * n, n,
        table.coefficients.size() > n * n ? " (decimal commas that can be read in several ways?)"
                                          : "");
  }
  return table;
}

}  // namespace gateless::io
