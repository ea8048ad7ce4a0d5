#include "host/annotate/channel_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include "host/annotate/instrument.hpp"
#include "host/annotate/letters.hpp"
#include "host/annotate/pulse_words.hpp"
#include "host/core/plain_text.hpp"

namespace gateless::annotate {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

/// "B1", "UV16", "FL2", "BL1": lasers and numbers; "V450", "Y585": lasers and wavelengths.
bool is_detector_word(const std::string& small) {
  static const std::regex number("(fl|bl|rl|vl|yl|ul|gl|v|b|r|y|g|u|uv|yg|ir|nir)\\d{1,2}");
  static const std::regex wavelength("(v|b|r|y|g|u|uv|yg|ir|nir|fr)[3-9]\\d\\d");
  return small.size() <= 6 &&
         (std::regex_match(small, number) || std::regex_match(small, wavelength));
}

/// "hCD27", "antiCD19", "SmIgD", "cyCD3" without what says of whom, against what, or where in the cell.
std::string without_prefixes(std::string_view text) {
  static const std::regex prefix(
      "(^|[^A-Za-z0-9])(h|hu|Hu|HU|anti|a|s|m|sm|Sm|SM|c|cy|Cy|CY|ic|IC)(?=[A-Z])");
  return std::regex_replace(std::string(text), prefix, "$1");
}

/// Whether dead cells and a marker share a channel ("CD14/Aqua", "CD3 Live/Dead"), rather than the word for the dye being the
/// label of the antibody ("CD4 Aqua").
bool says_dead_cells(std::string_view text) {
  static const std::regex joined("[+/&]");
  static const std::regex said("live.?dead|l/d|viab|7.?aad|dapi");
  const std::string small = lower_case(text);
  return std::regex_search(small, said) || std::regex_search(small, joined);
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

std::set<std::string> words_of_dyes(const Knowledge& knowledge) {
  std::set<std::string> dye_words;
  for (const std::string& dye : knowledge.channel_names.fluorochromes) {
    dye_words.insert(letters_of(dye));
    for (const std::string& word : words_of(dye)) dye_words.insert(lower_case(word));
  }
  return dye_words;
}

std::vector<std::string> each_once(const std::vector<MarkerMatch>& matches) {
  std::vector<std::string> markers;
  for (const MarkerMatch& match : matches) {
    if (std::find(markers.begin(), markers.end(), match.marker) == markers.end())
      markers.push_back(match.marker);
  }
  return markers;
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

ChannelWords::ChannelWords(const Knowledge& knowledge)
    : dye_words_(words_of_dyes(knowledge)), search_(knowledge, dye_words_) {
  for (const KnownMarker& marker : knowledge.markers) {
    if (marker.role == "side scatter" && !knowledge.subsets.empty()) side_scatter_ = marker.name;
    if (marker.role == "viability") viability_.insert(marker.name);
  }
  for (const std::string& word : knowledge.channel_names.non_markers) {
    (word.ends_with('*') ? non_marker_starts_ : non_markers_).insert(letters_of(word));
  }
  for (const std::string& word : knowledge.channel_names.unlabelled) {
    unlabelled_.insert(letters_of(word));
  }
  for (const std::string& word : knowledge.channel_names.other_molecules) {
    other_molecules_.insert(letters_of(word));
  }
}

std::vector<std::string> ChannelWords::markers_in(std::string_view text) const {
  const std::string latin = latin_letters(text);
  const std::vector<std::string> words = words_of(latin);
  // "CD1d tetramer", "CD19 CAR": what binds or is named after the marker.
  if (std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return other_molecules_.count(letters_of(word)) != 0;
      }))
    return {};
  std::vector<MarkerMatch> matches = search_.names_in(latin);
  std::vector<MarkerMatch> stripped = search_.names_in(without_prefixes(latin));
  if (stripped.size() > matches.size()) matches = std::move(stripped);
  std::vector<std::string> markers = each_once(matches);
  if (markers.size() > 1 && !says_dead_cells(latin))
    std::erase_if(markers, [&](const std::string& marker) { return is_viability(marker); });
  return markers;
}

std::vector<std::string> ChannelWords::clones_in(std::string_view text) const {
  return each_once(search_.clones_in(text));
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
         search_.names_in(text).empty();
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
  // "CD27 FMO", "Iso IgM", "no CD3": controls without the marker.
  static const std::set<std::string> controls{"fmo", "isotype", "iso"};
  const std::vector<std::string> words = words_of(text);
  if (words.size() > 1 && letters_of(words.front()) == "no") return true;
  if (std::any_of(words.begin(), words.end(),
                  [](const std::string& word) { return controls.count(letters_of(word)) != 0; }))
    return true;
  // "Empty 2"; "None None", the word for a dye and the word for a marker.
  while (letters.size() > 1 && is_digit(letters.back())) letters.pop_back();
  // "xx"; more of them are a word that somebody blotted out.
  if (letters.size() <= 3 && letters.find_first_not_of('x') == std::string::npos) return true;
  return unlabelled_.count(letters) != 0 ||
         (words.size() > 1 && std::all_of(words.begin(), words.end(), [&](const auto& word) {
            return unlabelled_.count(letters_of(word)) != 0;
          }));
}

bool ChannelWords::is_viability(const std::string& marker) const {
  return viability_.count(marker) != 0;
}

}  // namespace gateless::annotate
