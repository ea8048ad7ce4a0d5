#include "host/annotate/pulse_words.hpp"

#include <map>
#include <vector>

#include "host/annotate/channel_words.hpp"

namespace gateless::annotate {
namespace {

bool is_amplifier(const std::string& word) {
  return word == "lin" || word == "log" || word == "linear" || word == "logarithmic";
}

/// One letter, or a word that has one glued to its amplifier.
const std::map<std::string, PulseShape>& short_words() {
  static const std::map<std::string, PulseShape> words{
      {"a", PulseShape::kArea},      {"h", PulseShape::kHeight},    {"w", PulseShape::kWidth},
      {"alin", PulseShape::kArea},   {"lina", PulseShape::kArea},   {"alog", PulseShape::kArea},
      {"loga", PulseShape::kArea},   {"hlin", PulseShape::kHeight}, {"linh", PulseShape::kHeight},
      {"hlog", PulseShape::kHeight}, {"logh", PulseShape::kHeight}};
  return words;
}

const std::map<std::string, PulseShape>& long_words() {
  static const std::map<std::string, PulseShape> words{
      {"area", PulseShape::kArea},     {"int", PulseShape::kArea},
      {"integral", PulseShape::kArea}, {"height", PulseShape::kHeight},
      {"peak", PulseShape::kHeight},   {"width", PulseShape::kWidth},
      {"tof", PulseShape::kWidth}};
  return words;
}

struct Ending {
  PulseShape pulse = PulseShape::kNone;
  std::size_t words = 0;  ///< how many at the end of the name tell it
};

/// The words at the end that tell the pulse; the first word is the detector.
Ending ending_of(const std::vector<std::string>& words, bool takes_letters) {
  std::size_t end = words.size();
  while (end > 2 && is_amplifier(letters_of(words[end - 1]))) --end;
  if (end < 2) return {};
  const std::string word = letters_of(words[end - 1]);
  const auto written_out = long_words().find(word);
  if (written_out != long_words().end()) return {written_out->second, words.size() - end + 1};
  const auto letter = short_words().find(word);
  if (!takes_letters || letter == short_words().end()) return {};
  return {letter->second, words.size() - end + 1};
}

}  // namespace

PulseShape pulse_of(const std::string& name) { return ending_of(words_of(name), true).pulse; }

PulseShape long_pulse_of(const std::string& stain) {
  return ending_of(words_of(stain), false).pulse;
}

std::string detector_of(const std::string& name) {
  const std::vector<std::string> words = words_of(name);
  const std::size_t end = words.size() - ending_of(words, true).words;
  std::string detector;
  for (std::size_t word = 0; word < end; ++word) {
    const std::string letters = letters_of(words[word]);
    if (word == 0 && (letters == "comp" || letters == "fjcomp")) continue;
    detector += (detector.empty() ? "" : "-") + letters;
  }
  return detector;
}

bool is_compensated_name(const std::string& name) {
  if (name.starts_with('<')) return true;
  const std::vector<std::string> words = words_of(name);
  if (words.size() < 2) return false;
  const std::string first = letters_of(words.front());
  return first == "comp" || first == "fjcomp";
}

}  // namespace gateless::annotate
