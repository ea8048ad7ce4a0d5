// Turns stored bytes into numbers: byte orders, widths, bits. Inline, as it runs once per value.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "io/fcs_layout.hpp"

namespace gateless::io {

static_assert(std::endian::native == std::endian::little, "load_unsigned copies low bytes first");

/// Where the byte `index` of a value of `bytes` bytes belongs, counted from the lowest.
constexpr unsigned byte_rank(ByteOrder order, unsigned index, unsigned bytes) {
  switch (order) {
    case ByteOrder::kLittle:
      return index;
    case ByteOrder::kBig:
      return bytes - 1 - index;
    case ByteOrder::kHighWord:
      return bytes == 1 ? index : bytes - 2 - (index / 2) * 2 + index % 2;
    case ByteOrder::kSwappedBytes:
      return bytes == 1 ? index : (index ^ 1U);
  }
  return index;
}

/// The unsigned integer of `Bytes` bytes at `bytes`. Little and big endian of 4 and 8 bytes become one load.
template <unsigned Bytes, ByteOrder Order>
inline std::uint64_t load_unsigned(const char* bytes) {
  if constexpr (Bytes == 4 && (Order == ByteOrder::kLittle || Order == ByteOrder::kBig)) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return Order == ByteOrder::kBig ? __builtin_bswap32(value) : value;
  } else if constexpr (Bytes == 8 && (Order == ByteOrder::kLittle || Order == ByteOrder::kBig)) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return Order == ByteOrder::kBig ? __builtin_bswap64(value) : value;
  } else {
    std::uint64_t value = 0;
    for (unsigned index = 0; index < Bytes; ++index) {
      const std::uint64_t byte = static_cast<unsigned char>(bytes[index]);
      value |= byte << (8 * byte_rank(Order, index, Bytes));
    }
    return value;
  }
}

/// `bits` bits that begin `offset` bits behind `bytes`: big endian fills a byte from its high bit on, little
/// endian from its low bit on. The standard leaves the second unsaid; it is what makes packed and
/// byte-wide values agree.
inline std::uint64_t load_bits(const char* bytes, std::uint64_t offset, std::uint64_t bits,
                               ByteOrder order) {
  std::uint64_t value = 0;
  for (std::uint64_t taken = 0; taken < bits; ++taken) {
    const std::uint64_t position = offset + taken;
    const unsigned byte = static_cast<unsigned char>(bytes[position / 8]);
    if (order == ByteOrder::kBig) {
      value = (value << 1U) | ((byte >> (7 - position % 8)) & 1U);
    } else {
      value |= static_cast<std::uint64_t>((byte >> (position % 8)) & 1U) << taken;
    }
  }
  return value;
}

}  // namespace gateless::io
