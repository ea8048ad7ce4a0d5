#include "host/core/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace gateless {
namespace {

/// The code point at `position` and its length in bytes; bytes that are no UTF-8 stand for themselves.
std::pair<std::uint32_t, std::size_t> code_at(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[index]));
  };
  const std::uint32_t lead = byte(position);
  const std::size_t length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : lead >= 0xC0U ? 2 : 1;
  if (length == 1 || position + length > text.size()) return {lead, 1};
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index)
    code = (code << 6U) | (byte(position + index) & 0x3FU);
  return {code, length};
}

bool is_blank(std::uint32_t code) {
  return code == 0x09 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_invisible(std::uint32_t code) {
  return code == 0xAD || (code >= 0x200B && code <= 0x200F) || code == 0x2060 || code == 0xFEFF;
}

bool is_dash(std::uint32_t code) {
  return (code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xFE63 || code == 0xFF0D;
}

}  // namespace

std::string plain_blanks(std::string_view text) {
  std::string plain;
  for (std::size_t position = 0; position < text.size();) {
    const auto [code, length] = code_at(text, position);
    if (is_blank(code)) {
      plain += ' ';
    } else if (is_dash(code)) {
      plain += '-';
    } else if (!is_invisible(code)) {
      plain += text.substr(position, length);
    }
    position += length;
  }
  const std::size_t first = plain.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return plain.substr(first, plain.find_last_not_of(' ') - first + 1);
}

std::string latin_letters(std::string_view text) {
  constexpr std::array<std::pair<std::uint32_t, char>, 48> kLetters{
      {{0x391, 'A'},
       {0x392, 'B'},
       {0x393, 'G'},
       {0x394, 'D'},
       {0x395, 'E'},
       {0x396, 'Z'},
       {0x39A, 'K'},
       {0x39B, 'L'},
       {0x3B1, 'a'},
       {0x3B2, 'b'},
       {0xDF, 'b'},
       {0x3B3, 'g'},
       {0x3B4, 'd'},
       {0x3B5, 'e'},
       {0x3B6, 'z'},
       {0x3BA, 'k'},
       {0x3BB, 'l'},
       {0x3BC, 'u'},
       {0xB5, 'u'},
       {0x3C9, 'w'},
       {0x25B, 'e'},
       // Cyrillic capitals that look like Latin ones
       {0x410, 'A'},
       {0x412, 'B'},
       {0x415, 'E'},
       {0x41A, 'K'},
       {0x41C, 'M'},
       {0x41D, 'H'},
       {0x41E, 'O'},
       {0x420, 'P'},
       {0x421, 'C'},
       {0x422, 'T'},
       {0x425, 'X'},
       // signs that are no letters
       {0x2122, ' '},
       {0xAE, ' '},
       {0xA9, ' '},
       {0xB7, ' '},
       {0x2022, ' '},
       {0x201C, ' '},
       {0x201D, ' '},
       {0x201E, ' '},
       {0x2018, ' '},
       {0x2019, ' '},
       {0xAB, ' '},
       {0xBB, ' '},
       {0x207A, '+'},
       {0x207B, '-'},
       {0x2215, '/'},
       {0x2044, '/'}}};
  std::string latin;
  for (std::size_t position = 0; position < text.size();) {
    const auto [code, length] = code_at(text, position);
    const auto* letter =
        std::find_if(kLetters.begin(), kLetters.end(),
                     [code = code](const auto& pair) { return pair.first == code; });
    constexpr std::uint32_t kFirstWide = 0xFF01, kLastWide = 0xFF5E, kToNarrow = 0xFEE0;
    if (letter != kLetters.end()) {
      latin += letter->second;
    } else if (code >= kFirstWide && code <= kLastWide) {
      latin += static_cast<char>(code - kToNarrow);
    } else {
      latin += text.substr(position, length);
    }
    position += length;
  }
  return latin;
}

}  // namespace gateless
