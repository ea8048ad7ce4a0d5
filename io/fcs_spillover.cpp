#include "io/fcs_spillover.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gateless {
namespace {

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> fields;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view field = text.substr(0, comma);
    while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
    while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
    fields.emplace_back(field);
    if (comma == text.size()) return fields;
    text.remove_prefix(comma + 1);
  }
}

/// The $PnN of the channel that `name` means; empty if there is none.
std::string channel_name(const std::string& name, const std::vector<Channel>& channels) {
  for (const Channel& channel : channels) {
    if (channel.name == name) return name;
  }
  for (const Channel& channel : channels) {
    if (!name.empty() && channel.stain == name) return channel.name;
  }
  const auto number = whole_number(name);
  if (number && *number >= 1 && *number <= channels.size()) return channels[*number - 1].name;
  return {};
}

/// Parses into `spillover`; returns what is wrong, empty if nothing is.
std::string parse(const std::string& text, const std::vector<Channel>& channels,
                  Spillover& spillover) {
  const std::vector<std::string> fields = split_at_commas(text);
  const auto count = whole_number(fields.front());
  if (!count || *count == 0 || *count > fields.size()) return "does not begin with a count";
  const auto n = static_cast<std::size_t>(*count);
  if (fields.size() != 1 + n + n * n) {
    return fmt::format("has {} fields, not the {} of {} channels", fields.size(), 1 + n + n * n, n);
  }
  for (std::size_t index = 0; index < n; ++index) {
    const std::string name = channel_name(fields[1 + index], channels);
    if (name.empty()) return fmt::format("names '{}', which is no channel", fields[1 + index]);
    if (std::find(spillover.channels.begin(), spillover.channels.end(), name) !=
        spillover.channels.end()) {
      return fmt::format("names {} twice", name);
    }
    spillover.channels.push_back(name);
  }
  spillover.coefficients = Matrix<double>(n, n);
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t column = 0; column < n; ++column) {
      const std::string& field = fields[1 + n + row * n + column];
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

}  // namespace

std::optional<Spillover> read_spillover(const FcsKeywords& keywords,
                                        const std::vector<Channel>& channels,
                                        std::vector<std::string>& warnings) {
  constexpr std::array<const char*, 4> kNames{"$SPILLOVER", "SPILL", "SPILLOVER", "$SPILL"};
  for (const char* name : kNames) {
    const auto text = keyword(keywords, name);
    if (!text) continue;
    Spillover spillover;
    const std::string problem = parse(*text, channels, spillover);
    if (!problem.empty()) {
      warnings.push_back(fmt::format("{} cannot be used for compensation: it {}.", name, problem));
    } else if (is_identity(spillover.coefficients)) {
      warnings.push_back(
          fmt::format("{} is the identity: the values are compensated already or were never "
                      "measured with controls.",
                      name));
    } else {
      return spillover;
    }
  }
  if (keyword(keywords, "$COMP")) {
    warnings.push_back(
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
