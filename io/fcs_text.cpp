#include "io/fcs_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "io/utf8.hpp"

namespace gateless::io {
namespace {

constexpr std::uint64_t kHeaderBytes = 58;  // FCS 3.1, 3.1: version, blanks, six offsets of 8 bytes

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks(" \t\r\n\0", 5);
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return upper;
}

/// Offsets in a file are inclusive at both ends; 0 at the beginning, or an end before it ("4096, 0" where eight digits do
/// not suffice for the end), means "not here".
std::optional<ByteRange> absolute_range(std::uint64_t start, std::optional<std::uint64_t> first,
                                        std::optional<std::uint64_t> last) {
  constexpr std::uint64_t kFarthest = std::numeric_limits<std::uint64_t>::max() / 4;
  if (!first || !last || *first == 0 || *last < *first || *last > kFarthest) return {};
  return ByteRange{start + *first, start + *last + 1};
}

void check_magic(const ByteSource& source, std::uint64_t start, std::string_view header) {
  if (source.size() == start) {
    source.fail(start, "the file is empty (there are no events in it); fetch the file again");
  }
  if (header.starts_with("version https://git-lfs")) {
    source.fail(start,
                "this is a Git LFS pointer, not the file itself (its events are elsewhere); run "
                "`git lfs pull` where it came from");
  }
  if (!header.starts_with("FCS")) {
    source.fail(
        start,
        "not an FCS file (it does not begin with \"FCS\"); give FCS 2.0 to 3.2, .h5ad or CSV");
  }
  const std::string_view version = header.substr(0, 6);
  constexpr std::array<std::string_view, 4> kKnown{"FCS2.0", "FCS3.0", "FCS3.1", "FCS3.2"};
  if (std::find(kKnown.begin(), kKnown.end(), version) == kKnown.end()) {
    source.fail(start + 3,
                fmt::format("FCS version '{}' is not known (its layout may differ); export it as "
                            "FCS 2.0, 3.0, 3.1 or 3.2",
                            valid_utf8(version.substr(3))));
  }
  if (header.size() < kHeaderBytes) {
    source.fail(start + header.size(),
                fmt::format("the file ends inside its {}-byte HEADER (it is truncated); fetch the "
                            "file again",
                            kHeaderBytes));
  }
}

/// Reads the offsets of HEADER (FCS 3.1, 3.1).
FcsHead read_header(const ByteSource& source, std::uint64_t start) {
  const std::string header = source.text_up_to(start, kHeaderBytes);
  check_magic(source, start, header);
  const auto offset = [&](std::size_t index) {
    return whole_number(std::string_view(header).substr(10 + 8 * index, 8));
  };
  FcsHead head;
  head.start = start;
  head.version = header.substr(0, 6);
  const std::optional<ByteRange> text = absolute_range(start, offset(0), offset(1));
  if (!text || text->begin < start + kHeaderBytes || text->size() < 2) {
    source.fail(start + 10, fmt::format("HEADER gives '{}' as the bytes of TEXT, which cannot be "
                                        "(nothing can be found without TEXT); fetch the file again",
                                        valid_utf8(header.substr(10, 16))));
  }
  head.text = *text;
  head.header_data = absolute_range(start, offset(2), offset(3));
  return head;
}

/// A file of 4,096 channels with ten keywords each has fewer; a made-up one of millions would take thirty times its size.
constexpr std::size_t kMostKeywords = 100'000;

struct Token {
  std::string_view text;
  std::size_t end = 0;  ///< position of the delimiter that ends it, or the size of the segment
};

Token read_key(std::string_view segment, std::size_t begin, char delimiter) {
  const std::size_t end = std::min(segment.find(delimiter, begin), segment.size());
  return {segment.substr(begin, end - begin), end};
}

/// Value from `begin` to the first delimiter that is not doubled; `doubled` says whether one was.
Token read_value(std::string_view segment, std::size_t begin, char delimiter, bool& doubled) {
  doubled = false;
  if (begin < segment.size() && segment[begin] == delimiter) return {{}, begin};
  std::size_t end = begin;
  while (true) {
    end = std::min(segment.find(delimiter, end), segment.size());
    // A doubled delimiter that ends the segment is no part of a value: nothing could follow it.
    if (end + 2 >= segment.size() || segment[end + 1] != delimiter) break;
    doubled = true;
    end += 2;
  }
  return {segment.substr(begin, end - begin), end};
}

std::string without_doubling(std::string_view value, char delimiter) {
  std::string single;
  for (std::size_t position = 0; position < value.size(); ++position) {
    single += value[position];
    if (value[position] == delimiter) ++position;
  }
  return single;
}

/// Letters, digits and '$' begin keywords; above ASCII a delimiter must be seen before a keyword, too.
bool can_delimit(std::string_view segment) {
  const auto delimiter = static_cast<unsigned char>(segment.front());
  if (std::isalnum(delimiter) != 0 || delimiter == '$') return false;
  return delimiter < 0x80 || segment.find(std::string{segment.front(), '$'}) != std::string::npos;
}

void check_delimiter(const ByteSource& source, ByteRange text, std::string_view segment) {
  if (can_delimit(segment)) return;
  source.fail(text.begin,
              "TEXT does not begin with a delimiter (its keywords cannot be separated; the offsets "
              "in HEADER are wrong or the file was altered); fetch or export the file again");
}

/// Supplemental TEXT (FCS 3.1, 3.2.20 $BEGINSTEXT): more, optional keywords elsewhere in the file.
void add_supplemental_text(const ByteSource& source, char delimiter, FcsHead& head) {
  const auto number = [&](const char* name) -> std::optional<std::uint64_t> {
    const auto value = keyword(head.keywords, name);
    return value ? whole_number(*value) : std::nullopt;
  };
  const auto range = absolute_range(head.start, number("$BEGINSTEXT"), number("$ENDSTEXT"));
  if (!range || range->size() < 2 || *range == head.text) return;
  if (range->end > source.size()) {
    head.warnings.emplace_back(
        "The supplemental TEXT lies outside the file and was left out; optional keywords may be "
        "missing.");
    return;
  }
  std::string segment = source.text(*range);
  // It may have a delimiter of its own, or lack the first.
  if (!can_delimit(segment)) segment.insert(segment.begin(), delimiter);
  add_fcs_keywords(segment, head.keywords, head.warnings, &head.spelling);
}

}  // namespace

void add_fcs_keywords(std::string_view segment, FcsKeywords& keywords,
                      std::vector<std::string>& warnings, FcsKeywords* spelling) {
  if (segment.empty()) return;
  const char delimiter = segment.front();
  std::string repeated;
  std::size_t left_out = 0;
  for (std::size_t position = 1; position < segment.size();) {
    const Token key = read_key(segment, position, delimiter);
    if (key.end == segment.size()) return;  // padding behind the last delimiter
    bool doubled = false;
    const Token value = read_value(segment, key.end + 1, delimiter, doubled);
    position = value.end + 1;
    const std::string name = valid_utf8(upper_case(without_blanks(key.text)));
    if (name.empty()) continue;
    if (keywords.size() >= kMostKeywords && !name.starts_with('$')) {
      ++left_out;
      continue;
    }
    std::string text =
        valid_utf8(doubled ? without_doubling(value.text, delimiter) : std::string(value.text));
    const auto [entry, is_new] = keywords.try_emplace(name, std::move(text));
    if (spelling != nullptr && without_blanks(key.text) != name)
      spelling->try_emplace(name, valid_utf8(std::string(without_blanks(key.text))));
    if (!is_new && without_blanks(entry->second) != without_blanks(value.text) &&
        repeated.size() < 200) {
      repeated += (repeated.empty() ? "" : ", ") + name;
    }
  }
  if (left_out > 0) {
    warnings.push_back(fmt::format(
        "TEXT has more than {} keywords; {} that the standard does not define were left out.",
        kMostKeywords, left_out));
  }
  if (!repeated.empty()) {
    warnings.push_back(fmt::format(
        "Keywords are given twice with different values; the first was taken: {}.", repeated));
  }
}

FcsHead read_fcs_head(const ByteSource& source, std::uint64_t start) {
  FcsHead head = read_header(source, start);
  if (head.text.end > source.size()) {
    source.fail(
        source.size(),
        fmt::format("the file ends, but HEADER promises TEXT up to byte {} (it is truncated); "
                    "fetch the file again",
                    head.text.end - 1));
  }
  const std::string segment = source.text(head.text);
  check_delimiter(source, head.text, segment);
  add_fcs_keywords(segment, head.keywords, head.warnings, &head.spelling);
  add_supplemental_text(source, segment.front(), head);
  const auto number = [&](const char* name) -> std::optional<std::uint64_t> {
    const auto value = keyword(head.keywords, name);
    return value ? whole_number(*value) : std::nullopt;
  };
  head.text_data = absolute_range(start, number("$BEGINDATA"), number("$ENDDATA"));
  return head;
}

std::optional<std::uint64_t> next_data_set(const ByteSource& source, const FcsHead& head) {
  const auto value = keyword(head.keywords, "$NEXTDATA");
  const auto offset = value ? whole_number(*value) : std::nullopt;
  if (!offset || *offset == 0 || *offset >= source.size()) return {};
  // The standard counts from the beginning of this data set; some writers count from that of the file.
  for (const std::uint64_t next : {head.start + *offset, *offset}) {
    if (next >= head.text.end && source.text_up_to(next, 3) == "FCS") return next;
  }
  return {};
}

std::optional<std::string> keyword(const FcsKeywords& keywords, const std::string& name) {
  const auto found = keywords.find(name);
  if (found == keywords.end()) return {};
  const std::string_view value = without_blanks(found->second);
  if (value.empty()) return {};
  return std::string(value);
}

std::optional<double> decimal(std::string_view text) {
  std::string_view digits = without_blanks(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double number = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return {};
  if (!std::isfinite(number)) return {};
  return number;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  const std::string_view digits = without_blanks(text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return {};
  return number;
}

}  // namespace gateless::io
