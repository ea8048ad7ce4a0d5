// The fields of a spillover keyword, before its names are looked for in the file. Internal to fcs_spillover.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateless::io {

struct SpilloverTable {
  std::vector<std::string> names;
  std::vector<std::string> coefficients;  ///< [names][names]
  bool has_decimal_commas = false;
  std::string problem;  ///< why it cannot be used; empty if it can
};

/// Splits a keyword's value into count, names and coefficients, whatever separates them.
[[nodiscard]] SpilloverTable split_spillover(const std::string& text);

/// Whether a text is digits and nothing else.
[[nodiscard]] bool is_digits(std::string_view text);

}  // namespace gateless::io
