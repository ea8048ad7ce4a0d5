// The files of a sample sheet: found by name where the sheet has no column for them, and checked. Internal to sample_sheet.cpp.
#pragma once

#include <string>

#include "io/sample_sheet.hpp"
#include "io/text_file.hpp"

namespace gateless::io {

/// `file` is relative to the sheet's folder, and may be written as Windows does.
void set_file(Sample& sample, const std::string& sheet_path, const std::string& file);

/// Without a column for them, files are matched by patient and visit in their names; a row may have one a panel.
void find_sheet_files(const std::string& sheet_path, SampleSheet& sheet, Problems& problems);

/// Files that do not exist but must, or that two rows name.
void check_sheet_files(const std::string& sheet_path, const SampleSheet& sheet, SheetFiles files,
                       Problems& problems);

/// The same blood measured in another batch is a replicate; twice in one batch is most likely a mistake.
void check_repeats(const std::string& sheet_path, SampleSheet& sheet, Problems& problems);

}  // namespace gateless::io
