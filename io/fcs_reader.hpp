// Reads one data set of an FCS 2.0, 3.0, 3.1 or 3.2 file into linear values, channel by channel.
#pragma once

#include <cstddef>
#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

class FileDigest;

struct FcsReadOptions {
  std::size_t data_set = 0;      ///< 0-based, along the chain of $NEXTDATA
  FileDigest* digest = nullptr;  ///< sees the bytes as they are read
};

/// Reads a list-mode data set ($DATATYPE I, F, D or A; any $BYTEORD and integer width).
///
/// Values are scale values (FCS 3.1, 3.2.20): an integer channel with $PnE f1,f2 (f1 > 0) becomes
/// f2 * 10^(f1 * value / $PnR), where f2 = 0 means 1; a linear channel is divided by $PnG (not
/// Time, whose $PnG is no amplification); floating-point channels are linear whatever $PnE says.
/// Channel::range is scaled alike. Bits of an integer above $PnR are cleared and counted.
/// Oddities that leave the values certain become RawSample::warnings; not-a-number and infinite
/// values are kept and counted there. $CRC is not checked (most writers leave it zero).
/// No events is not an error. Memory is at most proportional to the size of the file.
/// @throws InputError `file: byte N: ...` for anything that cannot be read with certainty:
/// not FCS, truncated, $MODE other than L, offsets or counts that the bytes contradict.
[[nodiscard]] RawSample read_fcs(const std::string& path, const FcsReadOptions& options = {});

}  // namespace gateless::io
