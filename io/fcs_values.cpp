#include "io/fcs_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "io/fcs_number.hpp"
#include "io/fcs_value_repairs.hpp"

namespace gateless::io {
namespace {

/// A block of events in memory, and the part of one channel's values that it fills.
struct Block {
  const char* bytes = nullptr;
  std::uint64_t position = 0;  ///< of `bytes` in the file
  std::size_t events = 0;
};

template <unsigned Bytes, ByteOrder Order>
void read_integers(const char* first, std::size_t stride, std::uint64_t mask,
                   std::span<float> values, ChannelCounts& counts) {
  std::uint64_t cleared = 0;
  for (std::size_t event = 0; event < values.size(); ++event) {
    const std::uint64_t stored = load_unsigned<Bytes, Order>(first + event * stride);
    cleared += (stored & ~mask) != 0 ? 1U : 0U;
    values[event] = static_cast<float>(stored & mask);
  }
  counts.cleared += cleared;
}

template <unsigned Bytes, ByteOrder Order>
void read_reals(const char* first, std::size_t stride, std::uint64_t /*mask*/,
                std::span<float> values, ChannelCounts& /*counts*/) {
  for (std::size_t event = 0; event < values.size(); ++event) {
    const std::uint64_t stored = load_unsigned<Bytes, Order>(first + event * stride);
    if constexpr (Bytes == 4) {
      values[event] = std::bit_cast<float>(static_cast<std::uint32_t>(stored));
    } else {
      values[event] = static_cast<float>(std::bit_cast<double>(stored));
    }
  }
}

using ReadColumn = void (*)(const char* first, std::size_t stride, std::uint64_t mask,
                            std::span<float> values, ChannelCounts& counts);

template <ByteOrder Order>
ReadColumn reader_of(FcsValueType type, std::uint64_t bits) {
  if (type == FcsValueType::kFloat) return read_reals<4, Order>;
  if (type == FcsValueType::kDouble) return read_reals<8, Order>;
  constexpr std::array<ReadColumn, 8> kIntegers{read_integers<1, Order>, read_integers<2, Order>,
                                                read_integers<3, Order>, read_integers<4, Order>,
                                                read_integers<5, Order>, read_integers<6, Order>,
                                                read_integers<7, Order>, read_integers<8, Order>};
  return kIntegers[bits / 8 - 1];
}

ReadColumn reader_of(ByteOrder order, FcsValueType type, std::uint64_t bits) {
  switch (order) {
    case ByteOrder::kLittle:
      return reader_of<ByteOrder::kLittle>(type, bits);
    case ByteOrder::kBig:
      return reader_of<ByteOrder::kBig>(type, bits);
    case ByteOrder::kHighWord:
      return reader_of<ByteOrder::kHighWord>(type, bits);
    case ByteOrder::kSwappedBytes:
      return reader_of<ByteOrder::kSwappedBytes>(type, bits);
  }
  return nullptr;
}

void read_packed(const Block& block, const FcsLayout& layout, const FcsColumn& column,
                 std::span<float> values, ChannelCounts& counts) {
  for (std::size_t event = 0; event < block.events; ++event) {
    const std::uint64_t offset = event * layout.event_bits + column.bit_offset;
    const std::uint64_t stored = load_bits(block.bytes, offset, column.bits, layout.order);
    counts.cleared += (stored & ~column.mask) != 0 ? 1U : 0U;
    if (column.type == FcsValueType::kInteger) {
      values[event] = static_cast<float>(stored & column.mask);
    } else if (column.type == FcsValueType::kFloat) {
      values[event] = std::bit_cast<float>(static_cast<std::uint32_t>(stored));
    } else {
      values[event] = static_cast<float>(std::bit_cast<double>(stored));
    }
  }
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

float number_from_text(const ByteSource& source, std::uint64_t position, std::string_view text) {
  const std::string_view digits = without_blanks(text);
  double value = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    source.fail(position,
                "a value in DATA is not a number ($DATATYPE A promises text; the file is "
                "damaged); fetch or export the file again");
  }
  return static_cast<float>(value);
}

void read_text(const ByteSource& source, const Block& block, const FcsLayout& layout,
               const FcsColumn& column, std::span<float> values) {
  for (std::size_t event = 0; event < block.events; ++event) {
    const std::uint64_t offset = (event * layout.event_bits + column.bit_offset) / 8;
    values[event] = number_from_text(source, block.position + offset,
                                     std::string_view(block.bytes + offset, column.bits / 8));
  }
}

/// Channel units to linear ones (FCS 3.1, 3.2.20 $PnE, $PnG).
void scale(const FcsColumn& column, std::span<float> values) {
  if (column.decades > 0.0) {
    const double step = column.decades / column.range;
    for (float& value : values) {
      value = static_cast<float>(column.lowest * std::pow(10.0, step * static_cast<double>(value)));
    }
  } else if (column.gain != 1.0) {
    for (float& value : values)
      value = static_cast<float>(static_cast<double>(value) / column.gain);
  }
}

std::uint64_t count_not_finite(std::span<const float> values) {
  std::uint64_t count = 0;
  for (const float value : values) {
    constexpr std::uint32_t kExponent = 0x7F80'0000U;
    count += (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1U : 0U;
  }
  return count;
}

/// The columns are taken one after the other from a block that stays in the cache.
class BlockReader {
 public:
  BlockReader(const ByteSource& source, const FcsLayout& layout)
      : source_(source), layout_(layout), counts_(layout.columns.size()) {
    for (const FcsColumn& column : layout.columns) is_packed_ |= column.bits % 8 != 0;
  }

  void read(const Block& block, std::size_t first_event, std::vector<std::vector<float>>& values) {
    for (std::size_t channel = 0; channel < layout_.columns.size(); ++channel) {
      if (values[channel].size() < first_event + block.events)
        values[channel].resize(first_event + block.events);
      const std::span<float> part =
          std::span<float>(values[channel]).subspan(first_event, block.events);
      read_column(block, channel, part);
      scale(layout_.columns[channel], part);
      counts_[channel].not_finite += count_not_finite(part);
    }
  }
  [[nodiscard]] const std::vector<ChannelCounts>& counts() const { return counts_; }

 private:
  void read_column(const Block& block, std::size_t channel, std::span<float> part) {
    const FcsColumn& column = layout_.columns[channel];
    if (column.type == FcsValueType::kText) {
      read_text(source_, block, layout_, column, part);
    } else if (is_packed_) {
      read_packed(block, layout_, column, part, counts_[channel]);
    } else {
      const ReadColumn read_values = reader_of(layout_.order, column.type, column.bits);
      read_values(block.bytes + column.bit_offset / 8, layout_.event_bits / 8, column.mask, part,
                  counts_[channel]);
    }
  }

  const ByteSource& source_;
  const FcsLayout& layout_;
  std::vector<ChannelCounts> counts_;
  bool is_packed_ = false;
};

/// Text separated by blanks, commas or line breaks ($PnB *; FCS 3.1, 3.3 DATA, $DATATYPE A).
std::vector<ChannelCounts> read_separated(const ByteSource& source, const FcsLayout& layout,
                                          std::vector<std::vector<float>>& values) {
  constexpr std::string_view kSeparators(" ,\t\r\n\0", 6);
  const std::string text = source.text(layout.data);
  std::size_t position = 0;
  for (std::uint64_t event = 0; event < layout.events; ++event) {
    for (std::vector<float>& channel : values) {
      position = text.find_first_not_of(kSeparators, position);
      if (position == std::string::npos) {
        source.fail(
            layout.data.end,
            fmt::format("DATA ends in event {} of {} (the file is truncated or $TOT is wrong); "
                        "fetch or export the file again",
                        event + 1, layout.events));
      }
      const std::size_t end = std::min(text.find_first_of(kSeparators, position), text.size());
      channel[event] = number_from_text(source, layout.data.begin + position,
                                        std::string_view(text).substr(position, end - position));
      position = end;
    }
  }
  std::vector<ChannelCounts> counts(values.size());
  for (std::size_t channel = 0; channel < values.size(); ++channel) {
    scale(layout.columns[channel], values[channel]);
    counts[channel].not_finite = count_not_finite(values[channel]);
  }
  return counts;
}

/// One sentence for all channels of which something was counted.
void report(const char* what, std::uint64_t ChannelCounts::*count, const FcsLayout& layout,
            const std::vector<ChannelCounts>& counts, std::vector<std::string>& warnings) {
  constexpr std::size_t kMostNames = 200;
  std::uint64_t total = 0;
  std::string names;
  for (std::size_t channel = 0; channel < counts.size(); ++channel) {
    if (counts[channel].*count == 0) continue;
    total += counts[channel].*count;
    if (names.size() > kMostNames) continue;
    names += (names.empty() ? "" : ", ") + layout.channels[channel].name;
    if (names.size() > kMostNames) names += ", ...";
  }
  if (total != 0) warnings.push_back(fmt::format("{} values {}: {}.", total, what, names));
}

}  // namespace

std::vector<ChannelCounts> read_blocks(const ByteSource& source, const FcsLayout& layout,
                                       std::vector<std::vector<float>>& values) {
  constexpr std::uint64_t kBlockBits = std::uint64_t{8} * 256 * 1024;
  const std::uint64_t block_events =
      std::min(std::max<std::uint64_t>(kBlockBits / layout.event_bits / 8, 1) * 8, layout.events);
  std::string bytes((block_events * layout.event_bits + 7) / 8, '\0');
  BlockReader reader(source, layout);
  for (std::uint64_t first = 0; first < layout.events; first += block_events) {
    const std::uint64_t events = std::min(block_events, layout.events - first);
    const std::uint64_t position = layout.data.begin + first * layout.event_bits / 8;
    const std::span<char> part(bytes.data(), (events * layout.event_bits + 7) / 8);
    source.read(position, part);
    reader.read({bytes.data(), position, events}, first, values);
  }
  return reader.counts();
}

std::vector<std::vector<float>> read_fcs_values(const ByteSource& source, FcsLayout& layout,
                                                std::vector<std::string>& warnings) {
  std::vector<std::vector<float>> values(layout.columns.size());
  if (layout.events == 0) return values;
  for (std::vector<float>& channel : values) {
    channel.reserve(layout.events);  // blocks of a block each: zeros stay in the cache
    if (layout.event_bits == 0) channel.resize(layout.events);
  }
  std::vector<ChannelCounts> counts = layout.event_bits == 0
                                          ? read_separated(source, layout, values)
                                          : read_blocks(source, layout, values);
  if (layout.event_bits != 0) {
    correct_byte_order(source, layout, values, counts, warnings);
    keep_bits_beyond_range(source, layout, values, counts, warnings);
  }
  report("had bits above their $PnR, which were cleared", &ChannelCounts::cleared, layout, counts,
         warnings);
  report("are infinite or not a number", &ChannelCounts::not_finite, layout, counts, warnings);
  return values;
}

}  // namespace gateless::io
