// Makes text of unknown encoding valid UTF-8, so that names from old instruments pass through tables and HDF5.
#pragma once

#include <string>
#include <string_view>

namespace gateless::io {

/// How the letters of a text file are stored.
enum class TextCoding { kBytes, kUtf16Little, kUtf16Big };

/// UTF-16 by its byte order mark, or because every second of the first bytes is NUL and the others are letters.
[[nodiscard]] TextCoding coding_of(std::string_view first);
/// UTF-16 as UTF-8, without a byte order mark; bytes as they are. Half a pair of surrogates becomes U+FFFD.
[[nodiscard]] std::string decoded(std::string_view text, TextCoding coding);

/// Text that is valid UTF-8 as it is; any other as Windows-1252 (ISO 8859-1 and 27 more letters). NUL bytes become blanks.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace gateless::io
