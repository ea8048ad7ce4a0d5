// The event files that a command line names: as given, and those of folders.
#pragma once

#include <string>
#include <vector>

namespace gateless::files {

struct EventPath {
  std::string path;
  std::string name;  ///< of a folder's file: its path within the folder; else its file name
};

/// Files as given; of a folder every .fcs, .lmd and .h5ad file below it, or its .csv files where it has none of these,
/// in name order. Errors: InputError for a folder without any.
[[nodiscard]] std::vector<EventPath> event_paths(const std::vector<std::string>& paths);

}  // namespace gateless::files
