#include "io/fcs_head_bytes.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "host/core/error.hpp"

namespace gateless::io {
namespace {

constexpr std::uint64_t kHeaderBytes = 58;
constexpr std::uint64_t kLargestHeaderOffset = 99'999'999;  // what eight digits hold (FCS 3.1, 3.1)

/// A character that no keyword or value contains, so that nothing has to be doubled; form feed if all are taken.
char choose_delimiter(const FcsKeywords& keywords) {
  std::array<bool, 256> is_used{};
  for (const auto& [name, value] : keywords) {
    for (const char letter : name) is_used[static_cast<unsigned char>(letter)] = true;
    for (const char letter : value) is_used[static_cast<unsigned char>(letter)] = true;
  }
  for (const char candidate : std::string_view("/|\\\f!~^*;#@&%?")) {
    if (!is_used[static_cast<unsigned char>(candidate)]) return candidate;
  }
  return '\f';
}

std::string doubled(std::string_view text, char delimiter) {
  std::string result;
  for (const char letter : text) {
    // A keyword or value must not begin with the delimiter (FCS 3.1, 3.2.9).
    if (letter == delimiter && result.empty()) continue;
    result.append(letter == delimiter ? 2 : 1, letter);
  }
  return result.empty() ? " " : result;
}

std::string text_segment(const FcsKeywords& keywords) {
  const char delimiter = choose_delimiter(keywords);
  std::string text(1, delimiter);
  for (const auto& [name, value] : keywords) {
    text += doubled(name, delimiter) + delimiter + doubled(value, delimiter) + delimiter;
  }
  return text;
}

}  // namespace

std::string fcs_head_bytes(const std::string& version, FcsKeywords keywords,
                           std::uint64_t data_bytes) {
  for (const char* name :
       {"$BEGINANALYSIS", "$ENDANALYSIS", "$BEGINSTEXT", "$ENDSTEXT", "$NEXTDATA"}) {
    keywords[name] = std::string("0");
  }
  // The offsets stand inside the text whose length they depend on, so they are sought until they are right: they only
  // grow, by a digit at most.
  std::uint64_t begin = 0;
  std::uint64_t last = 0;
  std::string text;
  while (true) {
    keywords["$BEGINDATA"] = fmt::format("{}", begin);
    keywords["$ENDDATA"] = fmt::format("{}", last);
    text = text_segment(keywords);
    const std::uint64_t right = data_bytes == 0 ? 0 : kHeaderBytes + text.size();
    if (begin == right) break;
    begin = right;
    last = begin + data_bytes - 1;
  }
  if (kHeaderBytes + text.size() > kLargestHeaderOffset) {
    throw UsageError(
        "keywords of 100 MB and more cannot be written (HEADER has eight digits for the "
        "end of TEXT); leave some out");
  }
  const bool fits = last <= kLargestHeaderOffset;
  return fmt::format("{}    {:>8}{:>8}{:>8}{:>8}{:>8}{:>8}", version, kHeaderBytes,
                     kHeaderBytes + text.size() - 1, fits ? begin : 0, fits ? last : 0, 0, 0) +
         text;
}

}  // namespace gateless::io
