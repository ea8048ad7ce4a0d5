// Values that the keywords describe wrongly, read as what they are. Internal to the FCS reader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/byte_source.hpp"
#include "io/fcs_layout.hpp"

namespace gateless::io {

/// What was counted while a channel was read.
struct ChannelCounts {
  std::uint64_t cleared = 0;  ///< integers with bits above $PnR
  std::uint64_t not_finite = 0;
};

/// Fixed widths: blocks of about 256 KiB, of a multiple of 8 events so that packed ones end on a byte.
std::vector<ChannelCounts> read_blocks(const ByteSource& source, const FcsLayout& layout,
                                       std::vector<std::vector<float>>& values);

/// Integers that many events take beyond $PnR, and whose distribution goes on across it: the range is wrong, not the bits.
/// Such channels are read as they are stored; what is said of them goes to `warnings`.
void keep_bits_beyond_range(const ByteSource& source, const FcsLayout& layout,
                            std::vector<std::vector<float>>& values,
                            std::vector<ChannelCounts>& counts, std::vector<std::string>& warnings);

/// Floats whose bytes are in the other order than $BYTEORD says: read so where that alone makes sense of them.
void correct_byte_order(const ByteSource& source, FcsLayout& layout,
                        std::vector<std::vector<float>>& values, std::vector<ChannelCounts>& counts,
                        std::vector<std::string>& warnings);

}  // namespace gateless::io
