// Text from a file on its way to a terminal or a message.
#pragma once

#include <string>
#include <string_view>

namespace gateless {

/// `text` (UTF-8) with '?' in place of control characters other than line ends and tabs: a name in a file must not move a
/// terminal's cursor, nor end a message with a zero.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string result(text);
  for (std::size_t at = 0; at < result.size(); ++at) {
    const auto byte = static_cast<unsigned char>(result[at]);
    const auto before = at == 0 ? 0U : static_cast<unsigned char>(result[at - 1]);
    const bool is_low = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    const bool is_high = before == 0xC2 && byte >= 0x80 && byte < 0xA0;  // U+0080 to U+009F
    if (is_high) result[at - 1] = '?';
    if (is_low || is_high) result[at] = '?';
  }
  return result;
}

}  // namespace gateless
