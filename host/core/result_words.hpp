// The words for what is detected and called, the same in the tables and in the report.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless {

/// "not detected", "not quantifiable", "quantifiable".
[[nodiscard]] std::string text_of(Detection detection);
/// "up", "down", "no change", "not quantifiable".
[[nodiscard]] std::string text_of(Call call);

/// The value that `text_of` gives this text; false, and `value` as it was, if there is none.
[[nodiscard]] bool parse_word(const std::string& text, Detection& value);
[[nodiscard]] bool parse_word(const std::string& text, Call& value);

}  // namespace gateless
