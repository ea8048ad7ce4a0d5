// A sample as a table of events (CSV) that reads back to the bit.
#pragma once

#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

/// Writes a header row of channel names ("name :: stain" where a stain is given, as FlowJo writes it) and a row for each
/// event, every value with the fewest digits that read back as the same float. Spillover, ranges and keywords have no
/// place in such a table.
/// @throws InputError or DeviceError if the file cannot be written.
void write_event_csv(const std::string& path, const RawSample& sample);

}  // namespace gateless::io
