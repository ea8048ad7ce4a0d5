// SHA-256, by which a run tells whether an input is still the same.
#pragma once

#include <string>
#include <string_view>

namespace gateless {

/// 64 lower-case hexadecimal digits. Errors: InputError when the file cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::string& path);
[[nodiscard]] std::string sha256_of_text(std::string_view text);

}  // namespace gateless
