// Reads a table of events as text: a header row of channel names, then one event a row.
#pragma once

#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

/// Reads comma-, tab- or semicolon-separated numbers (fields may be quoted; lines end in LF or
/// CR LF). A first column without a name is taken as row names and left out, with a warning.
/// RawSample::version is "CSV"; Channel::range is 0.
/// @throws InputError `file:line: ...` for a cell that is not a number, a row of another length,
/// a header without names, no rows, an empty file.
[[nodiscard]] RawSample read_event_csv(const std::string& path);

/// Whether a file looks like a table of events: a header, and a first row that is mostly numbers; never throws. A sample sheet
/// is none.
[[nodiscard]] bool looks_like_events(const std::string& path);

}  // namespace gateless::io
