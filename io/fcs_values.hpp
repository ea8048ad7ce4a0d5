// Reads the DATA segment: from rows of events as stored to one array of linear values per channel.
#pragma once

#include <string>
#include <vector>

#include "io/byte_source.hpp"
#include "io/fcs_layout.hpp"

namespace gateless::io {

/// Values [channels][events] in linear units; adds counts of cleared bits and of values that are not finite
/// to `warnings`. Where floats turn out to be in the other byte order than declared, `layout.order` is corrected.
/// @throws InputError if text is not a number, or the file cannot be read.
[[nodiscard]] std::vector<std::vector<float>> read_fcs_values(const ByteSource& source,
                                                              FcsLayout& layout,
                                                              std::vector<std::string>& warnings);

}  // namespace gateless::io
