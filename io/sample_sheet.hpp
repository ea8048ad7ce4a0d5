// Reads the sample sheet: which file is which patient's, from which visit and group.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/core/study.hpp"

namespace gateless::io {

/// Whether the files that a sheet names must be there: `combine` knows them by their parts, on any machine.
enum class SheetFiles : std::uint8_t { kAreHere, kMayBeElsewhere };

struct SampleSheet {
  std::vector<Sample> samples;  ///< in sheet order
  std::vector<std::string>
      warnings;  ///< columns that were ignored, likely misspelt ones, repeated visits
  std::map<std::string, std::string>
      not_numbers;  ///< ignored column -> its first cell that is no number, and the line
};

/// A table with commas, tabs or semicolons. Columns patient and visit are needed; file, group, panel, batch, role (sample,
/// control) and cells_per_ul are known; any other column counts as numbers when all its filled fields are numbers
/// or yes and no (1 and 0), and is ignored with a warning otherwise. An empty field, NA, n/a, NaN, `.` and `-`
/// are no value. Without groups everybody is a patient. Files are looked for relative to the sheet's folder;
/// without a column for them they are told by their names (sample_files.hpp), and visits without a file are
/// left out, with a warning.
/// Errors: InputError that lists all problems as `sheet:line: ...`: missing columns, empty or invalid fields,
/// files that do not exist, a file named twice, the same patient, visit and panel twice in one batch.
[[nodiscard]] SampleSheet read_sample_sheet(const std::string& path,
                                            SheetFiles files = SheetFiles::kAreHere);

}  // namespace gateless::io
