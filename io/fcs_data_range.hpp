// Where the events of a data set are and how many: HEADER, TEXT, $TOT and the size of the file are weighed here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/byte_source.hpp"
#include "io/fcs_text.hpp"

namespace gateless::io {

struct FcsDataRange {
  ByteRange data;  ///< inside the file
  std::uint64_t events = 0;
};

/// Whether DATA is as long as $TOT events of this size, give or take the byte by which writers miss its end.
[[nodiscard]] bool fills_fcs_data(const ByteSource& source, const FcsHead& head,
                                  std::uint64_t event_bits);

/// `event_bits`: size of an event; 0 if values are separated text, of which `channels` make an event.
/// @throws InputError if there are fewer bytes than $TOT events need.
[[nodiscard]] FcsDataRange find_fcs_data(const ByteSource& source, const FcsHead& head,
                                         std::uint64_t event_bits, std::size_t channels,
                                         std::vector<std::string>& warnings);

}  // namespace gateless::io
