#include "io/fcs_spillover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace gateless {
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

/// Lower-case letters and digits: what is left of a name whatever its blanks and hyphens.
std::string spelling(std::string_view name) {
  std::string letters;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0 || byte >= 0x80U) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

/// An export of compensated values: never matched by likeness, as it would be compensated twice.
bool says_compensated(const std::string& name) {
  const std::string letters = spelling(name);
  return name.starts_with('<') || letters.starts_with("comp") || letters.starts_with("fjcomp");
}

/// The only channel that is spelled like `name`, with or without -A; empty if there is none, or are several.
std::string alike(const std::string& name, const std::vector<Channel>& channels) {
  const std::string wanted = spelling(name);
  std::string found;
  for (const Channel& channel : channels) {
    const std::string own = spelling(channel.name);
    if (wanted.empty() || says_compensated(channel.name) != says_compensated(name)) continue;
    if (own != wanted && own != wanted + "a" && own + "a" != wanted) continue;
    if (!found.empty()) return {};
    found = channel.name;
  }
  return found;
}

/// The $PnN of the channel that `name` means; empty if there is none.
std::string channel_name(const std::string& name, const std::vector<Channel>& channels,
                         bool are_numbers) {
  for (const Channel& channel : channels) {
    if (channel.name == name) return name;
  }
  for (const Channel& channel : channels) {
    if (!name.empty() && channel.stain == name && !says_compensated(channel.name))
      return channel.name;
  }
  if (are_numbers) {
    const auto number = whole_number(name);
    if (number && *number >= 1 && *number <= channels.size()) return channels[*number - 1].name;
  }
  return alike(name, channels);
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
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

/// The matrix as the keyword has it, before its names are looked for in the file.
struct Table {
  Fields names;
  Fields coefficients;  ///< [names][names]
  bool has_decimal_commas = false;
  std::string problem;  ///< why it cannot be used; empty if it can
};

Table split_table(const std::string& text) {
  Table table;
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

/// Takes the rows and columns whose channels are in the file; returns what is wrong, empty if nothing is.
std::string take_channels(const Table& table, const std::vector<Channel>& channels,
                          Spillover& spillover) {
  const std::size_t n = table.names.size();
  const bool are_numbers = std::all_of(table.names.begin(), table.names.end(),
                                       [](const std::string& name) { return is_digits(name); });
  std::vector<std::size_t> taken;
  for (std::size_t index = 0; index < n; ++index) {
    const std::string name = channel_name(table.names[index], channels, are_numbers);
    if (name.empty()) {
      spillover.missing.push_back(table.names[index]);
      continue;
    }
    if (std::find(spillover.channels.begin(), spillover.channels.end(), name) !=
        spillover.channels.end()) {
      return fmt::format("names {} twice", name);
    }
    spillover.channels.push_back(name);
    taken.push_back(index);
  }
  if (taken.empty()) {
    return fmt::format("names {} channels, none of which is in the file ({}{})", n, table.names[0],
                       n > 1 ? ", ..." : "");
  }
  if (taken.size() == 1 && n > 1)
    return fmt::format("names {} channels, of which only {} is in the file", n,
                       spillover.channels[0]);
  spillover.coefficients = Matrix<double>(taken.size(), taken.size());
  for (std::size_t row = 0; row < taken.size(); ++row) {
    for (std::size_t column = 0; column < taken.size(); ++column) {
      const std::string& field = table.coefficients[taken[row] * n + taken[column]];
      const auto coefficient = decimal(field);
      if (!coefficient) return fmt::format("has '{}' for a coefficient", field);
      spillover.coefficients(row, column) = *coefficient;
    }
    const double diagonal = spillover.coefficients(row, row);
    if (diagonal <= 0.0) return fmt::format("has {} on its diagonal", diagonal);
    for (double& coefficient : spillover.coefficients.row(row)) coefficient /= diagonal;
  }
  return {};
}

bool is_identity(const Matrix<double>& matrix) {
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t column = 0; column < matrix.columns(); ++column) {
      if (matrix(row, column) != (row == column ? 1.0 : 0.0)) return false;
    }
  }
  return true;
}

std::string few_of(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 4;
  std::string text;
  for (std::size_t name = 0; name < std::min(kNamed, names.size()); ++name)
    text += (text.empty() ? "" : ", ") + names[name];
  return names.size() > kNamed ? text + ", ..." : text;
}

void say_what_was_done(const std::string& name, const Table& table, const Spillover& spillover,
                       std::vector<std::string>& warnings) {
  if (table.has_decimal_commas) {
    warnings.push_back(
        fmt::format("{} is written with decimal commas; it was read in the only way that has ones "
                    "on the diagonal and less beside it.",
                    name));
  }
  if (!spillover.missing.empty()) {
    warnings.push_back(
        fmt::format("{} also names {}, which the file does not have; the other {} channels are "
                    "compensated with their part of the matrix.",
                    name, few_of(spillover.missing), spillover.channels.size()));
  }
}

}  // namespace

std::optional<Spillover> parse_spillover(const std::string& name, const std::string& text,
                                         const std::vector<Channel>& channels,
                                         std::vector<std::string>& warnings) {
  const Table table = split_table(text);
  Spillover spillover;
  const std::string problem =
      table.problem.empty() ? take_channels(table, channels, spillover) : table.problem;
  if (!problem.empty()) {
    warnings.push_back(
        fmt::format("{} cannot be used: it {}; the values are taken as they are.", name, problem));
    return {};
  }
  if (is_identity(spillover.coefficients)) {
    warnings.push_back(
        fmt::format("{} is the identity: the values are compensated already or were never "
                    "measured with controls.",
                    name));
    return {};
  }
  say_what_was_done(name, table, spillover, warnings);
  return spillover;
}

std::optional<Spillover> read_spillover(const FcsKeywords& keywords,
                                        const std::vector<Channel>& channels,
                                        std::vector<std::string>& warnings) {
  constexpr std::array<const char*, 4> kNames{"$SPILLOVER", "SPILL", "SPILLOVER", "$SPILL"};
  for (const char* name : kNames) {
    const auto text = keyword(keywords, name);
    if (!text) continue;
    if (auto spillover = parse_spillover(name, *text, channels, warnings)) return spillover;
  }
  if (keyword(keywords, "$COMP")) {
    warnings.emplace_back(
        "$COMP says what the instrument subtracted already; it was not applied again.");
  }
  return {};
}

std::string spillover_text(const Spillover& spillover) {
  std::string text = fmt::format("{}", spillover.channels.size());
  for (const std::string& name : spillover.channels) text += "," + name;
  for (const double coefficient : spillover.coefficients.values()) {
    text += fmt::format(",{}", coefficient);
  }
  return text;
}

}  // namespace gateless
