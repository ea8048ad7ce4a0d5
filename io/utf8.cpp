#include "io/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gateless::io {
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
    if (code < 0x10000U) {
      utf8 += static_cast<char>(0xE0U | (code >> 12U));
    } else {
      utf8 += static_cast<char>(0xF0U | (code >> 18U));
      utf8 += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    }
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

unsigned unit_at(std::string_view text, std::size_t position, TextCoding coding) {
  const unsigned first = byte_at(text, position), second = byte_at(text, position + 1);
  return coding == TextCoding::kUtf16Big ? (first << 8U) | second : (second << 8U) | first;
}

bool is_plain_utf16(std::string_view text, TextCoding coding) {
  constexpr std::size_t kLookedAt = 128, kFewest = 8;
  const std::size_t bytes = std::min(text.size(), kLookedAt) / 2 * 2;
  for (std::size_t position = 0; position < bytes; position += 2) {
    const unsigned unit = unit_at(text, position, coding);
    const bool is_blank = unit == '\t' || unit == '\r' || unit == '\n';
    if (!is_blank && (unit < 0x20U || unit > 0x7EU)) return false;
  }
  return bytes >= kFewest;
}

}  // namespace

TextCoding coding_of(std::string_view first) {
  if (first.starts_with("\xFF\xFE")) return TextCoding::kUtf16Little;
  if (first.starts_with("\xFE\xFF")) return TextCoding::kUtf16Big;
  for (const TextCoding coding : {TextCoding::kUtf16Little, TextCoding::kUtf16Big}) {
    if (is_plain_utf16(first, coding)) return coding;
  }
  return TextCoding::kBytes;
}

std::string decoded(std::string_view text, TextCoding coding) {
  if (coding == TextCoding::kBytes) return std::string(text);
  constexpr unsigned kByteOrderMark = 0xFEFF, kUnknown = 0xFFFD;
  const auto is_high = [](unsigned unit) { return unit >= 0xD800U && unit < 0xDC00U; };
  const auto is_low = [](unsigned unit) { return unit >= 0xDC00U && unit < 0xE000U; };
  std::string utf8;
  for (std::size_t position = 0; position + 1 < text.size(); position += 2) {
    const unsigned unit = unit_at(text, position, coding);
    if (unit == kByteOrderMark) continue;
    const bool has_next = position + 3 < text.size();
    const unsigned next = has_next ? unit_at(text, position + 2, coding) : 0;
    if (is_high(unit) && is_low(next)) {
      append(utf8, 0x10000U + ((unit - 0xD800U) << 10U) + (next - 0xDC00U));
      position += 2;
    } else {
      append(utf8, is_high(unit) || is_low(unit) ? kUnknown : unit);
    }
  }
  return utf8;
}

std::string valid_utf8(std::string_view text) {
  std::string valid = is_utf8(text) ? std::string(text) : from_windows(text);
  std::replace(valid.begin(), valid.end(), '\0', ' ');
  return valid;
}

}  // namespace gateless::io
