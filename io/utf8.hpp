// Makes text of unknown encoding valid UTF-8, so that names from old instruments pass through tables and HDF5.
#pragma once

#include <string>
#include <string_view>

namespace gateless {

/// Text that is valid UTF-8 as it is; any other as Windows-1252 (ISO 8859-1 and 27 more letters). NUL bytes become blanks.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace gateless
