// Letters and digits of channel names.
#pragma once

#include <cctype>
#include <string>

namespace gateless::annotate {

/// Bytes above 127 belong to letters such as Greek ones.
[[nodiscard]] inline bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 128;
}
[[nodiscard]] inline char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
[[nodiscard]] inline bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

}  // namespace gateless::annotate
