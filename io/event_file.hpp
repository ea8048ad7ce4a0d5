// One way in for every kind of event file: what a file is, its content says, not its name.
#pragma once

#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

class FileDigest;

enum class EventFormat { kFcs, kHdf5, kText };

/// Looks at the first bytes of a file.
/// @throws InputError if it is missing, empty, no regular file, a Git LFS pointer, or unknown binary.
[[nodiscard]] EventFormat event_format(const std::string& path);

/// Reads an FCS file (first data set), an .h5ad file, or a CSV/TSV table of events. `digest` may see bytes as they are read.
/// @throws InputError saying where and why.
[[nodiscard]] RawSample read_event_file(const std::string& path, FileDigest* digest = nullptr);

}  // namespace gateless::io
