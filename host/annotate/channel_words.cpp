#include "host/annotate/channel_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include "host/annotate/instrument.hpp"
#include "host/annotate/pulse_words.hpp"
#include "host/core/plain_text.hpp"

namespace gateless::annotate {
namespace {

bool is_alnum(char c) {
  // Bytes above 127 belong to letters such as Greek ones.
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 128;
}
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

/// "CD45 RA", "CD66 b": letters behind a number that are not one of a pulse ("CD8-A").
bool can_split_letters(std::string_view rest) {
  return rest.size() > 1 || std::string_view("ahwAHW").find(rest[0]) == std::string_view::npos;
}

/// A separator may stand where the name has one, and between letters and digits (CD 19, Ki-67, CD45 RA).
MarkerPattern pattern_of(const std::string& marker, std::string_view name) {
  MarkerPattern pattern{marker, {}, {}};
  bool separated = false;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    if (!is_alnum(c)) {
      separated = true;
      continue;
    }
    const bool turns = !pattern.letters.empty() &&
                       is_digit(pattern.letters.back()) != is_digit(c) &&
                       (is_digit(c) || can_split_letters(name.substr(at)));
    pattern.may_split_before.push_back(!pattern.letters.empty() && (separated || turns));
    pattern.letters.push_back(lower(c));
    separated = false;
  }
  return pattern;
}

/// The end of `pattern` in `text` when it starts at `start`, else 0. A match ends before a separator.
std::size_t match_at(const MarkerPattern& pattern, std::string_view text, std::size_t start) {
  std::size_t at = start;
  for (std::size_t i = 0; i < pattern.letters.size(); ++i) {
    if (pattern.may_split_before[i]) {
      for (int skipped = 0; skipped < 2 && at < text.size() && !is_alnum(text[at]); ++skipped) ++at;
    }
    if (at >= text.size() || lower(text[at]) != pattern.letters[i]) return 0;
    ++at;
  }
  return at;
}

bool ends_word(std::string_view text, std::size_t end) {
  if (end == text.size()) return true;
  // CD45.1 and NK1/1 are not CD45 and NK1.
  if (text[end] == '.' || text[end] == '/')
    return end + 1 == text.size() || !is_digit(text[end + 1]);
  if (!is_alnum(text[end])) return true;
  // Labels written without a separator: CD49fpur, CD90bio.
  const std::string rest = lower_case(text.substr(end));
  return rest == "pur" || rest == "bio" || rest == "biotin" || rest == "purified";
}

/// "B1", "UV16", "FL2", "BL1": lasers and numbers; "V450", "Y585": lasers and wavelengths.
bool is_detector_word(const std::string& small) {
  static const std::regex number("(fl|bl|rl|vl|yl|ul|gl|v|b|r|y|g|u|uv|yg|ir|nir)\\d{1,2}");
  static const std::regex wavelength("(v|b|r|y|g|u|uv|yg|ir|nir|fr)[3-9]\\d\\d");
  return small.size() <= 6 &&
         (std::regex_match(small, number) || std::regex_match(small, wavelength));
}

/// "hCD27", "huCD3", "antiCD19" without what says of whom or against what.
std::string without_species(std::string_view text) {
  static const std::regex species("(^|[^A-Za-z0-9])(h|hu|anti|a)(?=[A-Z])");
  return std::regex_replace(std::string(text), species, "$1");
}

/// text[first, last), with no bracket cut in two: where only one of a pair is within, the bracket is left out.
std::string with_whole_brackets(std::string_view text, std::size_t first, std::size_t last) {
  if (first >= last) return {};
  std::string part(text.substr(first, last - first));
  const std::size_t open = part.rfind('(');
  if (open == std::string::npos || part.find(')', open) != std::string::npos) return part;
  if (last < text.size() && text[last] == ')') return part + ')';
  if (open > 0) {
    part.resize(part.find_last_not_of(" -_", open - 1) + 1);
    if (!part.empty()) return part;
  }
  return std::string(text.substr(first, std::min(text.find(')', last), text.size()) + 1 - first));
}

}  // namespace

std::string letters_of(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_alnum(c)) result.push_back(lower(c));
  }
  return result;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (is_alnum(c)) {
      word.push_back(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

ChannelWords::ChannelWords(const Knowledge& knowledge) {
  for (const KnownMarker& marker : knowledge.markers) {
    if (marker.role == "side scatter") {  // a channel is told to be scatter by its own name
      if (!knowledge.subsets.empty()) side_scatter_ = marker.name;
      continue;
    }
    names_.push_back(pattern_of(marker.name, marker.name));
    for (const std::string& name : marker.synonyms) names_.push_back(pattern_of(marker.name, name));
    for (const std::string& name : marker.clones) clones_.push_back(pattern_of(marker.name, name));
    for (const std::string& name : marker.look_alikes) look_alikes_.push_back(pattern_of({}, name));
    // "45RA": numbers with letters are also written without CD.
    const std::string& name = marker.name;
    if (name.size() > 4 && name.starts_with("CD") && !is_digit(name.back()) && is_digit(name[3])) {
      names_.push_back(pattern_of(name, name.substr(2)));
    }
    if (marker.role == "viability") viability_.insert(marker.name);
  }
  for (const std::string& dye : knowledge.channel_names.fluorochromes) {
    dye_words_.insert(letters_of(dye));
    for (const std::string& word : words_of(dye)) dye_words_.insert(lower_case(word));
  }
  for (const std::string& word : knowledge.channel_names.non_markers) {
    (word.ends_with('*') ? non_marker_starts_ : non_markers_).insert(letters_of(word));
  }
  for (const std::string& word : knowledge.channel_names.unlabelled) {
    unlabelled_.insert(letters_of(word));
  }
}

std::vector<std::string> ChannelWords::search(const std::vector<MarkerPattern>& patterns,
                                              std::string_view text) const {
  struct Match {
    std::size_t start, end;
    std::string marker;
  };
  std::vector<Match> matches;
  const auto find_all = [&](const std::vector<MarkerPattern>& list) {
    for (const MarkerPattern& pattern : list) {
      if (pattern.letters.empty()) continue;
      for (std::size_t start = 0; start < text.size(); ++start) {
        if (!is_alnum(text[start]) || (start > 0 && is_alnum(text[start - 1]))) continue;
        const std::size_t end = match_at(pattern, text, start);
        if (end != 0 && ends_word(text, end)) matches.push_back({start, end, pattern.marker});
      }
    }
  };
  find_all(patterns);
  find_all(look_alikes_);
  // Longest first; a look-alike (no marker) yields to a marker of the same length.
  std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return a.end - a.start > b.end - b.start;
  });
  std::vector<Match> kept;
  for (const Match& match : matches) {
    const bool overlaps = std::any_of(kept.begin(), kept.end(), [&](const Match& other) {
      return match.start < other.end && other.start < match.end;
    });
    if (!overlaps) kept.push_back(match);
  }
  std::sort(kept.begin(), kept.end(),
            [](const Match& a, const Match& b) { return a.start < b.start; });
  std::vector<std::string> markers;
  for (const Match& match : kept) {
    if (!match.marker.empty() &&
        std::find(markers.begin(), markers.end(), match.marker) == markers.end()) {
      markers.push_back(match.marker);
    }
  }
  return markers;
}

std::vector<std::string> ChannelWords::markers_in(std::string_view text) const {
  const std::string latin = latin_letters(text);
  std::vector<std::string> markers = search(names_, latin);
  if (markers.empty()) markers = search(names_, without_species(latin));
  // Dead-cell dyes are also labels ("CD4 Zombie"): a real marker beside them wins.
  if (markers.size() > 1) {
    std::erase_if(markers, [&](const std::string& marker) { return is_viability(marker); });
  }
  return markers;
}

std::vector<std::string> ChannelWords::clones_in(std::string_view text) const {
  return search(clones_, text);
}

bool ChannelWords::is_dye_word(const std::string& word) const {
  const std::string small = lower_case(word);
  const bool number = std::all_of(small.begin(), small.end(), is_digit);
  const bool wavelength = small.size() > 2 && small.ends_with("nm") && is_digit(small[0]);
  const bool filter = small.size() > 2 && small.ends_with("lp") && is_digit(small[0]);
  static const std::array<const char*, 23> known_words{
      "a",    "h",      "w",    "comp",  "fjcomp", "log",    "lin",     "logh",
      "loga", "linh",   "lina", "alin",  "hlin",   "alog",   "hlog",    "area",
      "int",  "height", "peak", "width", "tof",    "linear", "integral"};
  return number || wavelength || filter || is_metal(word) || dye_words_.count(small) != 0 ||
         std::find(known_words.begin(), known_words.end(), small) != known_words.end() ||
         is_detector_word(small);
}

bool ChannelWords::is_detector_name(std::string_view text) const {
  const std::vector<std::string> words = words_of(text);
  std::size_t first = 0;
  while (first < words.size() && letters_of(words[first]).ends_with("comp")) ++first;
  return first < words.size() && is_detector_word(lower_case(words[first])) &&
         search(names_, text).empty();
}

std::string ChannelWords::stain_in(std::string_view text) const {
  const auto [begin, end] = stain_range(text);
  return with_whole_brackets(text, begin, end);
}

std::pair<std::size_t, std::size_t> ChannelWords::stain_range(std::string_view text) const {
  std::size_t first = text.size();
  std::size_t last = 0;
  std::size_t before = text.size();  // where the word before begins
  for (std::size_t at = 0; at < text.size();) {
    if (!is_alnum(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_alnum(text[end])) ++end;
    const std::string word(text.substr(at, end - at));
    // "Red Fluorescence": which one, only the word before it says.
    const bool needs_word_before = letters_of(word) == "fluorescence" && before < at;
    if (!is_dye_word(word)) {
      first = std::min(first, needs_word_before ? before : at);
      last = end;
    } else if (end - at <= 2 && is_digit(text[at])) {
      // A short number belongs to the word beside it: IL-2, NK1/1, 4-1BB.
      if (first < text.size() && at == last + 1) last = end;
      if (first == text.size() && end + 1 < text.size() && text[end] == '-') first = at;
    }
    before = at;
    at = end;
  }
  return {first, last};
}

bool ChannelWords::is_non_marker(std::string_view text) const {
  std::string letters = letters_of(text);
  if (non_markers_.count(letters) != 0) return true;
  letters = letters_of(detector_of(std::string(text)));
  const auto begins = [&](const std::string& start) { return letters.starts_with(start); };
  if (std::any_of(non_marker_starts_.begin(), non_marker_starts_.end(), begins)) return true;
  // "AF2-A", "UMAP_1": one or two digits number columns of a kind.
  for (int digits = 0; digits < 3; ++digits) {
    if (non_markers_.count(letters) != 0) return true;
    if (letters.empty() || !is_digit(letters.back())) return false;
    letters.pop_back();
  }
  return false;
}

bool ChannelWords::is_unlabelled(std::string_view text) const {
  std::string letters = letters_of(text);
  if (letters.empty() || unlabelled_.count(letters) != 0) return true;
  // "Empty 2"; "None None", the word for a dye and the word for a marker.
  while (letters.size() > 1 && is_digit(letters.back())) letters.pop_back();
  // "xx"; more of them are a word that somebody blotted out.
  if (letters.size() <= 3 && letters.find_first_not_of('x') == std::string::npos) return true;
  const std::vector<std::string> words = words_of(text);
  return unlabelled_.count(letters) != 0 ||
         (words.size() > 1 && std::all_of(words.begin(), words.end(), [&](const auto& word) {
            return unlabelled_.count(letters_of(word)) != 0;
          }));
}

bool ChannelWords::is_viability(const std::string& marker) const {
  return viability_.count(marker) != 0;
}

}  // namespace gateless::annotate
