// What a file is that cannot be read, by its first bytes: so that a message can say what to do with it.
#pragma once

#include <string_view>

namespace gateless::io {

/// "an Excel workbook (.xlsx) or a zip archive", "compressed with gzip" ..., for "it is ..."; empty where it is none of these.
[[nodiscard]] std::string_view other_format(std::string_view first_bytes);

}  // namespace gateless::io
