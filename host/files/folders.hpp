// Folders that results go to.
#pragma once

#include <string>

namespace gateless::files {

/// Errors: InputError where `dir` cannot be made or written; makes nothing.
void check_folder(const std::string& dir);

/// Makes the folder if it is not there. Errors: InputError when that is not possible.
void make_folder(const std::string& dir);

/// A name as part of a file's: letters, digits, '.', '-' and '_'; everything else becomes '_'.
[[nodiscard]] std::string file_name_of(const std::string& name);

}  // namespace gateless::files
