// Folders that `map` has written, to be put together.
#pragma once

#include <string>
#include <vector>

#include "host/core/layers.hpp"
#include "host/stages/mapping.hpp"

namespace gateless::files {

/// Errors: InputError that names each part that is not finished, damaged, or was mapped onto another model than the first.
[[nodiscard]] std::vector<NamedPart> read_parts(const std::vector<std::string>& folders);

}  // namespace gateless::files
