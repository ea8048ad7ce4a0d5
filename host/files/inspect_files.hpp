// What is in files, what `run` would make of each channel and why, and whether files fit each other.
#pragma once

#include "host/core/file_choices.hpp"
#include "host/core/knowledge.hpp"

namespace gateless::files {

/// Prints what is in the files to stdout. False if one of them cannot be read.
[[nodiscard]] bool inspect_files(const InspectPlan& plan, const Knowledge& knowledge);

}  // namespace gateless::files
