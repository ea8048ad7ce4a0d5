// SHA-256, by which a run tells whether an input is still the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateless::io {

/// 64 lower-case hexadecimal digits. Errors: InputError when the file cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::string& path);
[[nodiscard]] std::string sha256_of_text(std::string_view text);
/// Of a table's values as little-endian 32-bit floats, event after event, every not-a-number as 7fc00000; `values` is
/// [channels][events]. In Python: hashlib.sha256(numpy.ascontiguousarray(x, "<f4")).hexdigest() for x[events][channels].
[[nodiscard]] std::string sha256_of_values(const std::vector<std::vector<float>>& values);

}  // namespace gateless::io
