// Letters, blanks and dashes of Unicode that stand for ordinary ones.
#pragma once

#include <string>
#include <string_view>

namespace gateless {

/// `text` (UTF-8) with every blank of Unicode as ' ', every dash and hyphen as '-', without invisible characters, and
/// without blanks at its ends.
[[nodiscard]] std::string plain_blanks(std::string_view text);

/// `text` (UTF-8) with Greek letters as the Latin ones that stand for them in names of markers: TCRγδ -> TCRgd.
[[nodiscard]] std::string latin_letters(std::string_view text);

}  // namespace gateless
