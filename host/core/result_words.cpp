#include "host/core/result_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gateless {
namespace {

template <class Word, std::size_t kWords>
bool parse_one_of(const std::array<Word, kWords>& words, const std::string& text, Word& value) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](Word word) { return text_of(word) == text; });
  if (found == words.end()) return false;
  value = *found;
  return true;
}

}  // namespace

std::string text_of(Detection detection) {
  switch (detection) {
    case Detection::kNotDetected:
      return "not detected";
    case Detection::kNotQuantifiable:
      return "not quantifiable";
    case Detection::kNotResolvable:
      return "not resolvable";
    case Detection::kQuantifiable:
      break;
  }
  return "quantifiable";
}

std::string text_of(Call call) {
  switch (call) {
    case Call::kUp:
      return "up";
    case Call::kDown:
      return "down";
    case Call::kNoChange:
      return "no change";
    case Call::kNotQuantifiable:
      break;
  }
  return "not quantifiable";
}

bool parse_word(const std::string& text, Detection& value) {
  return parse_one_of(std::array{Detection::kNotDetected, Detection::kNotQuantifiable,
                                 Detection::kQuantifiable, Detection::kNotResolvable},
                      text, value);
}

bool parse_word(const std::string& text, Call& value) {
  return parse_one_of(std::array{Call::kUp, Call::kDown, Call::kNoChange, Call::kNotQuantifiable},
                      text, value);
}

}  // namespace gateless
