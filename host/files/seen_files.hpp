// Input files whose SHA-256 an interrupted run has found, so that the next one reads only those that may have changed.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "host/core/study.hpp"
#include "io/file_state.hpp"

namespace gateless::files {

using FileStates = std::map<std::string, io::FileState>;  ///< by path

/// States of those of the samples' files that were written some time before `now`: of a file that is being written the
/// state may not tell one content from the next.
[[nodiscard]] FileStates settled_files(const std::vector<Sample>& samples,
                                       std::chrono::system_clock::time_point now);

/// Keeps in the file `path` the `sums` [samples] of those files that are now as they were in `before`. Never fails.
void keep_seen_files(const std::string& path, const std::vector<Sample>& samples,
                     const std::vector<std::string>& sums, const FileStates& before);

/// SHA-256 of each sample's file; empty where it cannot be read. Files in a state that keep_seen_files() has kept in `path`
/// are not read.
[[nodiscard]] std::vector<std::string> sums_of_files(const std::string& path,
                                                     const std::vector<Sample>& samples,
                                                     std::size_t threads);

}  // namespace gateless::files
