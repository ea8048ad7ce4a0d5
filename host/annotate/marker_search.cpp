#include "host/annotate/marker_search.hpp"

#include <algorithm>
#include <regex>
#include <utility>

#include "host/annotate/letters.hpp"

namespace gateless::annotate {
namespace {

/// "CD45 RA", "CD66 b": letters behind a number that are not one of a pulse ("CD8-A").
bool can_split_letters(std::string_view rest) {
  return rest.size() > 1 || std::string_view("ahwAHW").find(rest[0]) == std::string_view::npos;
}

/// A separator may stand where the name has one, and between letters and digits (CD 19, Ki-67, CD45 RA).
MarkerPattern pattern_of(const KnownMarker& marker, std::string_view name) {
  MarkerPattern pattern{marker.name, {}, {}, marker.role == "viability"};
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
  constexpr int kLongestSeparator = 3;  // "HLA - DR"
  std::size_t at = start;
  for (std::size_t i = 0; i < pattern.letters.size(); ++i) {
    if (pattern.may_split_before[i]) {
      for (int skipped = 0; skipped < kLongestSeparator && at < text.size() && !is_alnum(text[at]);
           ++skipped)
        ++at;
    }
    if (at >= text.size() || lower(text[at]) != pattern.letters[i]) return 0;
    ++at;
  }
  return at;
}

/// Letters and digits from `start` to the next separator, lower case.
std::string word_at(std::string_view text, std::size_t start) {
  std::string word;
  for (std::size_t at = start; at < text.size() && is_alnum(text[at]); ++at)
    word.push_back(lower(text[at]));
  return word;
}

/// "cd14": another marker behind one, without a separator.
bool begins_cd(std::string_view word) {
  return word.size() > 2 && lower(word[0]) == 'c' && lower(word[1]) == 'd' && is_digit(word[2]);
}

/// "FVS575V", "ZombieNIR", "GhostRed780", "FVDeF780": which one of a family of dead-cell dyes.
bool is_shade(const std::string& word) {
  static const std::regex shade(
      "(aqua|blue|violet|red|green|yellow|orange|nir|uv|farred|ef)?(\\d{3}[a-z]{0,2})?");
  return std::regex_match(word, shade);
}

/// The end of "ligand", "-L" or "-L1" behind a marker's name, which is that of another molecule then; else `end`.
std::size_t end_of_ligand(std::string_view text, std::size_t end) {
  std::size_t at = end;
  while (at < text.size() && at < end + 2 && (text[at] == ' ' || text[at] == '-')) ++at;
  const std::string word = word_at(text, at);
  const std::size_t behind = at + word.size();
  const bool is_letter = at > end && (word == "l" || word == "l1" || word == "l2") &&
                         (behind == text.size() || text[behind] != '/');  // "CD14 L/D"
  return word == "ligand" || is_letter ? behind : end;
}

/// What stands between two markers of one channel: "CD3+CD14", "CD3/14" say so, "CD16-56" may.
enum class Joint { kNone, kWeak, kStrong };

Joint joint_at(std::string_view text, std::size_t& at) {
  Joint joint = Joint::kNone;
  for (; at < text.size() && !is_alnum(text[at]); ++at) {
    if (std::string_view("+/&").find(text[at]) != std::string_view::npos) {
      joint = Joint::kStrong;
    } else if (std::string_view(" -_,").find(text[at]) == std::string_view::npos) {
      return Joint::kNone;
    } else if (joint == Joint::kNone) {
      joint = Joint::kWeak;
    }
  }
  return joint;
}

/// "CD16-56", "CD3 14 19": numbers of lineages that are stained together; any other number may be one of a tube or a metal.
bool are_stained_together(const std::string& one, const std::string& other) {
  static const std::set<std::string> lineages{"3", "14", "16", "19", "20", "56"};
  return lineages.count(one) != 0 && lineages.count(other) != 0;
}

}  // namespace

MarkerSearch::MarkerSearch(const Knowledge& knowledge, std::set<std::string> dye_words)
    : dye_words_(std::move(dye_words)) {
  for (const KnownMarker& marker : knowledge.markers) {
    if (marker.role == "side scatter") continue;  // a channel is told to be scatter by its own name
    names_.push_back(pattern_of(marker, marker.name));
    for (const std::string& name : marker.synonyms) names_.push_back(pattern_of(marker, name));
    for (const std::string& name : marker.clones) clones_.push_back(pattern_of(marker, name));
    for (const std::string& name : marker.look_alikes) look_alikes_.push_back(pattern_of({}, name));
    // "45RA": numbers with letters are also written without CD.
    const std::string& name = marker.name;
    if (name.size() > 4 && begins_cd(name) && !is_digit(name.back()) && is_digit(name[3]))
      names_.push_back(pattern_of(marker, name.substr(2)));
  }
  for (const MarkerPattern& pattern : names_) {
    const std::string number = begins_cd(pattern.letters) ? pattern.letters.substr(2) : "";
    if (!number.empty() && std::all_of(number.begin(), number.end(), is_digit))
      of_number_[number] = pattern.marker;
  }
}

const std::string* MarkerSearch::marker_of_number(const std::string& number) const {
  const auto found = of_number_.find(number);
  return found == of_number_.end() ? nullptr : &found->second;
}

/// "CD19BV421", "CD4Alexa488", "CD49fpur".
bool MarkerSearch::is_glued_label(std::string_view rest) const {
  const std::string word = word_at(rest, 0);
  if (word.empty() || is_digit(word[0])) return false;
  if (dye_words_.count(word) != 0) return true;
  const std::size_t number = word.find_first_of("0123456789");
  return number != std::string::npos && dye_words_.count(word.substr(0, number)) != 0 &&
         dye_words_.count(word.substr(number)) != 0;
}

bool MarkerSearch::begins_word(std::string_view text, std::size_t start, bool of_clone) const {
  if (!is_alnum(text[start])) return false;
  if (start == 0) return true;
  const char before = text[start - 1];
  if (!is_alnum(before))  // the clone 29E.2A3 is not 2A3
    return !(of_clone && before == '.' && start > 1 && is_alnum(text[start - 2]));
  if (of_clone) return false;
  std::size_t first = start;
  while (first > 0 && is_alnum(text[first - 1])) --first;
  const std::string glued = word_at(text.substr(0, start), first);
  return dye_words_.count(glued) != 0 ||
         (begins_cd(glued) && is_digit(before) && begins_cd(text.substr(start)));
}

bool MarkerSearch::ends_word(std::string_view text, std::size_t end,
                             const MarkerPattern& pattern) const {
  if (end == text.size()) return true;
  // CD45.1 and NK1/1 are not CD45 and NK1; a dilution, a dye's number and a second marker's number may follow.
  if ((text[end] == '.' || text[end] == '/') && end + 1 < text.size() && is_digit(text[end + 1])) {
    const std::string number = word_at(text, end + 1);
    const std::size_t behind = end + 1 + number.size();
    if (behind < text.size() && text[behind] == ':') return true;
    return text[end] == '/' && begins_cd(pattern.letters) &&
           (dye_words_.count(number) != 0 || marker_of_number(number) != nullptr);
  }
  if (!is_alnum(text[end])) return true;
  const std::string_view rest = text.substr(end);
  return is_glued_label(rest) || (begins_cd(rest) && is_digit(text[end - 1])) ||
         (pattern.is_viability && is_shade(word_at(rest, 0)));
}

/// Adds markers that are named by what differs alone: "CD16+56", "CD3/14/19", "IgG+A"; and those beside a known one that the
/// knowledge file does not have: "CD14/CD163".
void MarkerSearch::add_partners(std::string_view text, std::vector<MarkerMatch>& matches) const {
  for (std::size_t m = 0; m < matches.size(); ++m) {
    std::size_t at = matches[m].end;
    const std::string own = word_at(text, matches[m].start);
    const Joint joint = joint_at(text, at);
    if (joint == Joint::kNone || at >= text.size() || matches[m].marker.empty()) continue;
    const std::string word = word_at(text, at);
    const std::size_t end = at + word.size();
    const bool is_dilution = end < text.size() && text[end] == ':';
    const auto there = std::find_if(matches.begin(), matches.end(),
                                    [&](const MarkerMatch& other) { return other.start == at; });
    if (is_dilution || (there != matches.end() && !there->marker.empty())) continue;
    const std::size_t digits = matches[m].marker.find_first_of("0123456789");
    std::string marker;
    if (const std::string* known = marker_of_number(word);
        known != nullptr && matches[m].marker.starts_with("CD")) {
      if (joint == Joint::kStrong || are_stained_together(matches[m].marker.substr(digits), word))
        marker = *known;
    } else if (joint == Joint::kStrong && begins_cd(word)) {
      marker = std::string(text.substr(at, word.size()));
    } else if (joint == Joint::kStrong && matches[m].marker.starts_with("Ig") && word.size() == 1 &&
               std::string_view("adgme").find(word[0]) != std::string_view::npos) {
      marker = std::string("Ig") + static_cast<char>(word[0] - 'a' + 'A');
    }
    if (marker.empty()) continue;
    if (there != matches.end()) {
      there->marker = marker;
    } else {
      matches.insert(matches.begin() + static_cast<std::ptrdiff_t>(m) + 1,
                     MarkerMatch{at, end, marker, false});
    }
  }
}

std::vector<MarkerMatch> MarkerSearch::search(const std::vector<MarkerPattern>& patterns,
                                              std::string_view text, bool of_clones) const {
  std::vector<MarkerMatch> matches;
  const auto find_all = [&](const std::vector<MarkerPattern>& list) {
    for (const MarkerPattern& pattern : list) {
      if (pattern.letters.empty()) continue;
      for (std::size_t start = 0; start < text.size(); ++start) {
        if (!begins_word(text, start, of_clones)) continue;
        const std::size_t end = match_at(pattern, text, start);
        if (end == 0 || !ends_word(text, end, pattern)) continue;
        const std::size_t ligand = of_clones ? end : end_of_ligand(text, end);
        matches.push_back(
            {start, ligand, ligand > end ? "" : pattern.marker, pattern.is_viability});
      }
    }
  };
  find_all(patterns);
  find_all(look_alikes_);
  // Longest first; a look-alike (no marker) yields to a marker of the same length.
  std::stable_sort(matches.begin(), matches.end(), [](const MarkerMatch& a, const MarkerMatch& b) {
    return a.end - a.start > b.end - b.start;
  });
  std::vector<MarkerMatch> kept;
  for (const MarkerMatch& match : matches) {
    const bool overlaps = std::any_of(kept.begin(), kept.end(), [&](const MarkerMatch& other) {
      return match.start < other.end && other.start < match.end;
    });
    if (!overlaps) kept.push_back(match);
  }
  std::sort(kept.begin(), kept.end(),
            [](const MarkerMatch& a, const MarkerMatch& b) { return a.start < b.start; });
  return kept;
}

std::vector<MarkerMatch> MarkerSearch::names_in(std::string_view text) const {
  std::vector<MarkerMatch> matches = search(names_, text, false);
  add_partners(text, matches);
  std::erase_if(matches, [](const MarkerMatch& match) { return match.marker.empty(); });
  return matches;
}

std::vector<MarkerMatch> MarkerSearch::clones_in(std::string_view text) const {
  std::vector<MarkerMatch> matches = search(clones_, text, true);
  std::erase_if(matches, [](const MarkerMatch& match) { return match.marker.empty(); });
  return matches;
}

}  // namespace gateless::annotate
