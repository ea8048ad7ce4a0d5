// How the DATA segment of a data set is laid out, decided from its keywords before a value is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/core/raw_sample.hpp"
#include "io/byte_source.hpp"
#include "io/fcs_text.hpp"

namespace gateless::io {

enum class FcsValueType { kInteger, kFloat, kDouble, kText };

/// Order of the bytes of a value; named by $BYTEORD of four bytes.
enum class ByteOrder {
  kLittle,       ///< 1,2,3,4
  kBig,          ///< 4,3,2,1
  kHighWord,     ///< 3,4,1,2: 16-bit words, the high one first, their low byte first
  kSwappedBytes  ///< 2,1,4,3: 16-bit words, the low one first, their high byte first
};

/// One channel's place in an event and its way to linear values.
struct FcsColumn {
  FcsValueType type = FcsValueType::kInteger;
  std::uint64_t bits = 0;  ///< width; of text 8 per character, 0 if separated by blanks or commas
  std::uint64_t bit_offset = 0;            ///< in the event
  std::uint64_t mask = ~std::uint64_t{0};  ///< bits of an integer that count ($PnR)
  double decades = 0.0;                    ///< $PnE f1; 0 is linear
  double lowest = 1.0;                     ///< $PnE f2
  double range = 0.0;                      ///< $PnR, in channel units
  double gain = 1.0;                       ///< $PnG
};

struct FcsLayout {
  std::vector<Channel> channels;   ///< with ranges in linear units
  std::vector<FcsColumn> columns;  ///< [channels]
  ByteOrder order = ByteOrder::kLittle;
  std::uint64_t event_bits = 0;  ///< 0 if values are separated text
  std::uint64_t events = 0;
  ByteRange data;  ///< DATA, clipped to the file
};

/// Decides the layout and adds what is odd to `warnings`.
/// @throws InputError if the keywords do not describe list-mode data, or the bytes are fewer than they promise.
[[nodiscard]] FcsLayout read_fcs_layout(const ByteSource& source, const FcsHead& head,
                                        std::vector<std::string>& warnings);

/// "integer", "float", "double", "text"; "mixed" if channels differ.
[[nodiscard]] std::string value_type_name(const FcsLayout& layout);

}  // namespace gateless::io
