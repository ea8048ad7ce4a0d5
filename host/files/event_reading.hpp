// Files of events as the stages ask for them.
#pragma once

#include "host/core/layers.hpp"
#include "host/stages/ingest_file.hpp"

namespace gateless::files {

/// Errors: InputError where the file cannot be read or changes while it is.
[[nodiscard]] FileEvents read_sample(const Sample& sample);

}  // namespace gateless::files
