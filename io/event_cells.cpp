#include "io/event_cells.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <system_error>

#include "host/core/plain_text.hpp"

namespace gateless::io {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char letter) { return letter >= '0' && letter <= '9'; });
}

/// "1,234": a group of thousands, or a decimal comma.
bool is_like_thousands(std::string_view cell, std::size_t comma) {
  std::string_view before = cell.substr(0, comma);
  if (before.starts_with('-') || before.starts_with('+')) before.remove_prefix(1);
  const std::string_view behind = cell.substr(comma + 1);
  return is_digits(before) && before.size() <= 3 && before.front() != '0' && is_digits(behind) &&
         behind.size() == 3;
}

}  // namespace

std::string_view FieldReader::next() {
  std::size_t end = 0;
  std::string_view field;
  if (rest_.starts_with('"')) {
    std::size_t quote = std::min(rest_.find('"', 1), rest_.size());
    while (quote + 1 < rest_.size() && rest_[quote + 1] == '"') {
      quote = std::min(rest_.find('"', quote + 2), rest_.size());
    }
    field = rest_.substr(1, quote - 1);
    end = std::min(rest_.find(separator_, quote), rest_.size());
  } else {
    end = std::min(rest_.find(separator_), rest_.size());
    field = rest_.substr(0, end);
  }
  has_more_ = end < rest_.size();
  rest_.remove_prefix(has_more_ ? end + 1 : end);
  return field;
}

std::vector<std::string_view> split_fields(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  FieldReader reader(line, separator);
  while (reader.has_more()) fields.push_back(reader.next());
  return fields;
}

char separator_of_line(std::string_view line) {
  for (const char separator : {'\t', ';', ','}) {
    if (split_fields(line, separator).size() > 1) return separator;
  }
  return ',';
}

bool is_blank_row(std::string_view line, char separator) {
  return std::all_of(line.begin(), line.end(), [separator](char letter) {
    return letter == separator || letter == ' ' || letter == '\t' || letter == '"';
  });
}

std::string_view bare(std::string_view field) {
  constexpr std::string_view kAround = " \"\t";
  const std::size_t first = field.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return field.substr(first, field.find_last_not_of(kAround) - first + 1);
}

std::optional<float> cell_number(std::string_view cell) {
  if (cell.starts_with('+')) cell.remove_prefix(1);
  if (cell.empty()) return {};
  float value = 0.0F;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size()) return {};
  if (error == std::errc::result_out_of_range) {  // for a float, not for a double
    double wide = 0.0;
    std::from_chars(cell.data(), cell.data() + cell.size(), wide);
    return static_cast<float>(wide);
  }
  if (error != std::errc{}) return {};
  return value;
}

bool is_missing_cell(std::string_view cell) {
  constexpr std::array<std::string_view, 17> kWords{
      "",  "na", "n/a",   "#n/a",    "#na",     "n.a.",  "null",   "none",  ".",
      "-", "--", "#num!", "#value!", "#div/0!", "#ref!", "#name?", "#null!"};
  if (cell.size() > 8) return false;
  std::string word(cell);
  for (char& letter : word)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool is_like_number(std::string_view cell) {
  const std::string plain = plain_blanks(cell);
  const bool has_digit = plain.find_first_of("0123456789") != std::string::npos;
  std::string_view rest = plain;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  return has_digit && rest.find_first_not_of("0123456789.,' %") == std::string_view::npos;
}

std::optional<float> DecimalCommas::read(std::string_view cell) {
  const std::size_t comma = cell.find(',');
  if (comma == std::string_view::npos || cell.find(',', comma + 1) != std::string_view::npos)
    return {};
  if (cell.find('.') != std::string_view::npos) return {};
  std::string pointed(cell);
  pointed[comma] = '.';
  const std::optional<float> value = cell_number(pointed);
  if (!value) return {};
  ++commas_;
  like_thousands_ += is_like_thousands(cell, comma) ? 1U : 0U;
  return value;
}

std::string DecimalCommas::doubt() const {
  if (commas_ == 0) return {};
  if (points_ > 0) return "some numbers have a comma and others a decimal point";
  if (like_thousands_ == commas_) return "the comma may be a decimal one or group thousands";
  return {};
}

}  // namespace gateless::io
