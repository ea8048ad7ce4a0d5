#include "io/fcs_spillover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "io/spillover_table.hpp"

namespace gateless::io {
namespace {

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

/// Takes the rows and columns whose channels are in the file; returns what is wrong, empty if nothing is.
std::string take_channels(const SpilloverTable& table, const std::vector<Channel>& channels,
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

void say_what_was_done(const std::string& name, const SpilloverTable& table,
                       const Spillover& spillover, std::vector<std::string>& warnings) {
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
  const SpilloverTable table = split_spillover(text);
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

}  // namespace gateless::io
