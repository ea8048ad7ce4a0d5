#include "host/core/nearest_word.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace gateless {
namespace {

/// Words longer than this are never typing errors of a key; the table stays small on hostile input.
constexpr std::size_t kLongestWord = 64;

char lower(char letter) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

/// Damerau's distance, in the restricted form: no letter is edited twice.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last(to.size() + 1), last(to.size() + 1), current(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const bool is_same = lower(from[i - 1]) == lower(to[j - 1]);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (is_same ? 0U : 1U)});
      const bool is_swapped = i > 1 && j > 1 && lower(from[i - 1]) == lower(to[j - 2]) &&
                              lower(from[i - 2]) == lower(to[j - 1]);
      if (is_swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(current);
  }
  return last[to.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > kLongestWord) return {};
  std::size_t allowed = word.size() <= 4 ? 1 : word.size() / 3;
  std::string nearest;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t distance = edits(word, candidate);
    const bool is_nearer = nearest.empty() ? distance <= allowed : distance < allowed;
    if (!is_nearer) continue;
    nearest = candidate;
    allowed = distance;
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string nearest = nearest_word(word, candidates);
  return nearest.empty() ? std::string{} : fmt::format("; did you mean '{}'?", nearest);
}

}  // namespace gateless
