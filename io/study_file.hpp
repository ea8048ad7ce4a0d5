// Reads the study file (YAML): every key is documented in configs/study.yaml.
#pragma once

#include <string>

#include "host/core/study.hpp"
#include "io/sample_sheet.hpp"

namespace gateless::io {

/// The study with its samples. Paths in the file are relative to its folder.
/// Errors: InputError that lists all problems of the file as `file:line: ...`: unknown keys (with the nearest known
/// one), wrong types and values, no samples, visits, patients or columns that the sample sheet lacks; then those of
/// the sample sheet.
[[nodiscard]] Study read_study(const std::string& path, SheetFiles files = SheetFiles::kAreHere);

}  // namespace gateless::io
