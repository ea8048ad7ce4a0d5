// Writes a sample as an FCS 3.0 or 3.1 list-mode file.
#pragma once

#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

enum class FcsNumber { kFloat, kDouble, kInteger };
enum class FcsByteOrder { kLittleEndian, kBigEndian };

struct FcsWriteOptions {
  FcsNumber number = FcsNumber::kFloat;
  unsigned integer_bits = 32;  ///< a multiple of 8 up to 64; of kInteger only
  FcsByteOrder byte_order = FcsByteOrder::kLittleEndian;
  std::string version = "FCS3.1";  ///< or "FCS3.0"
};

/// Writes `sample` to `path` (to `<path>.part` first, so that a file under its name is complete).
/// Keywords of the sample are kept, except those that the writer itself decides: offsets, $TOT,
/// $PAR, types, the spillover, and $PnN, $PnS, $PnR, $PnB, $PnE, $PnG. Values are written as linear
/// ones ($PnE 0,0); integers are rounded and clamped to 0 .. 2^bits - 1, not-a-number becomes 0.
/// @throws InputError if the file cannot be written; UsageError for options out of range.
void write_fcs(const std::string& path, const RawSample& sample,
               const FcsWriteOptions& options = {});

}  // namespace gateless::io
