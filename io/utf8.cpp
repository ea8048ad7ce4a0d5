#include "io/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gateless {
namespace {

unsigned byte_at(std::string_view text, std::size_t position) {
  return static_cast<unsigned char>(text[position]);
}

/// Length of the well-formed sequence at `position` (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t position) {
  const unsigned lead = byte_at(text, position);
  if (lead < 0x80U) return 1;
  const std::size_t length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
  if (lead < 0xC2U || lead > 0xF4U || position + length > text.size()) return 0;
  for (std::size_t next = 1; next < length; ++next) {
    if ((byte_at(text, position + next) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte_at(text, position + 1);
  const bool is_overlong = (lead == 0xE0U && second < 0xA0U) || (lead == 0xF0U && second < 0x90U);
  const bool is_outside = (lead == 0xEDU && second > 0x9FU) || (lead == 0xF4U && second > 0x8FU);
  return is_overlong || is_outside ? 0 : length;
}

bool is_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = sequence_length(text, position);
    if (length == 0) return false;
    position += length;
  }
  return true;
}

void append(std::string& utf8, unsigned code) {
  if (code < 0x80U) {
    utf8 += static_cast<char>(code);
  } else if (code < 0x800U) {
    utf8 += static_cast<char>(0xC0U | (code >> 6U));
    utf8 += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    utf8 += static_cast<char>(0xE0U | (code >> 12U));
    utf8 += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    utf8 += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

/// Windows-1252, which is ISO 8859-1 but for these 32 codes; five of them mean nothing.
std::string from_windows(std::string_view text) {
  constexpr std::array<unsigned, 32> kFrom0x80{
      0x20AC, 0x20,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
      0x2039, 0x152,  0x20,   0x17D,  0x20,   0x20,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x20,   0x17E,  0x178};
  std::string utf8;
  for (const char letter : text) {
    const unsigned code = static_cast<unsigned char>(letter);
    append(utf8, code >= 0x80U && code < 0xA0U ? kFrom0x80[code - 0x80U] : code);
  }
  return utf8;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid = is_utf8(text) ? std::string(text) : from_windows(text);
  std::replace(valid.begin(), valid.end(), '\0', ' ');
  return valid;
}

}  // namespace gateless
