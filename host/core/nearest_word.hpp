// The valid word that a misspelt one most likely meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gateless {

/// The candidate with the fewest edits (insert, delete, replace, swap of neighbours; upper and lower case count
/// as the same letter) from `word`; empty when none is near: at most one edit for words up to four letters,
/// one in three letters otherwise. The first of equally near candidates wins.
[[nodiscard]] std::string nearest_word(std::string_view word,
                                       std::span<const std::string> candidates);

/// "; did you mean 'x'?", or empty when no candidate is near: to be appended to a message.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace gateless
