// Input files whose SHA-256 an interrupted run has found, so that the next one reads only those that may have changed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/core/study.hpp"

namespace gateless::files {

/// What the file system says of a file; any write to it, and any file put in its place, changes it.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  ///< ns since 1970
  std::int64_t changed = 0;   ///< ns since 1970; no program can set it

  friend bool operator==(const FileState&, const FileState&) = default;
};

/// By path. Only files whose last change is some seconds before `now`: clocks of file systems are coarse, and a file that is being
/// written may change without another time.
using FileStates = std::map<std::string, FileState>;
[[nodiscard]] FileStates states_of(const std::vector<Sample>& samples,
                                   std::chrono::system_clock::time_point now);

/// A file and the SHA-256 of what it held in that state.
struct SeenFile {
  std::string path;
  FileState state;
  std::string sha256;
};

/// Keeps in the file `path` the `sums` [samples] of those files that are now as they were in `before`. Never fails.
void keep_seen_files(const std::string& path, const std::vector<Sample>& samples,
                     const std::vector<std::string>& sums, const FileStates& before);

/// SHA-256 of each sample's file; empty where it cannot be read. Files in a state that keep_seen_files() has kept in `path`
/// are not read.
[[nodiscard]] std::vector<std::string> sums_of_files(const std::string& path,
                                                     const std::vector<Sample>& samples,
                                                     std::size_t threads);

}  // namespace gateless::files
