// HEADER and TEXT of an FCS file to be written, from its keywords.
#pragma once

#include <cstdint>
#include <string>

#include "io/fcs_text.hpp"

namespace gateless::io {

/// HEADER and TEXT of a file of one data set, whose DATA of `data_bytes` bytes follows at once. Sets the offsets of all
/// segments in `keywords`; a keyword without a value gets a blank, because FCS forbids an empty one (3.1, 3.2.9).
/// @throws UsageError if TEXT would be longer than HEADER can say.
[[nodiscard]] std::string fcs_head_bytes(const std::string& version, FcsKeywords keywords,
                                         std::uint64_t data_bytes);

}  // namespace gateless::io
