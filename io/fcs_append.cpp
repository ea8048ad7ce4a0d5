#include "io/fcs_append.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/byte_source.hpp"
#include "io/event_file.hpp"
#include "io/fcs_head_bytes.hpp"
#include "io/fcs_layout.hpp"
#include "io/fcs_values.hpp"
#include "io/fcs_writer.hpp"

namespace gateless::io {
namespace {

/// How the channels of a file are stored, and the appended ones behind them.
struct Storage {
  FcsValueType type = FcsValueType::kFloat;
  bool is_big_endian = false;
  unsigned bytes = 4;  ///< of an appended value
};

/// Whether FCS 3.1 can hold the events as they are stored: one type, whole bytes, one byte order.
bool can_stay(const FcsLayout& layout) {
  const bool has_order = layout.order == ByteOrder::kLittle || layout.order == ByteOrder::kBig;
  const FcsValueType type = layout.columns.front().type;
  return has_order && type != FcsValueType::kText &&
         std::all_of(layout.columns.begin(), layout.columns.end(), [&](const FcsColumn& column) {
           return column.type == type && column.bits % 8 == 0;
         });
}

/// Integers get the width of the file's own where all have the same and it holds every value, else 32 bits.
Storage storage_of(const FcsLayout& layout, const FcsAppendix& appendix) {
  Storage storage{layout.columns.front().type, layout.order == ByteOrder::kBig, 4};
  if (storage.type == FcsValueType::kDouble) storage.bytes = 8;
  if (storage.type != FcsValueType::kInteger) return storage;
  const std::uint64_t bits = layout.columns.front().bits;
  const bool is_uniform = std::all_of(layout.columns.begin(), layout.columns.end(),
                                      [&](const FcsColumn& column) { return column.bits == bits; });
  const bool is_wide_enough = std::all_of(
      appendix.channels.begin(), appendix.channels.end(), [&](const AppendedChannel& channel) {
        return channel.highest * channel.per_unit < std::ldexp(1.0, static_cast<int>(bits)) - 1.0;
      });
  if (is_uniform && is_wide_enough) storage.bytes = static_cast<unsigned>(bits / 8);
  return storage;
}

void store(char* bytes, float value, const AppendedChannel& channel, const Storage& storage) {
  std::uint64_t stored = 0;
  switch (storage.type) {
    case FcsValueType::kFloat:
      stored = std::bit_cast<std::uint32_t>(value);
      break;
    case FcsValueType::kDouble:
      stored = std::bit_cast<std::uint64_t>(static_cast<double>(value));
      break;
    case FcsValueType::kInteger:
    case FcsValueType::kText:
      stored =
          static_cast<std::uint64_t>(std::nearbyint(static_cast<double>(value) * channel.per_unit));
      break;
  }
  if (storage.is_big_endian) stored = __builtin_bswap64(stored) >> (64 - 8 * storage.bytes);
  std::memcpy(bytes, &stored, storage.bytes);
}

/// Whether a keyword of the file is one of the appended channels ($P12V of eleven), which would inherit it.
bool is_stale(const std::string& name, std::size_t own, std::size_t appended) {
  if (!name.starts_with("$P") || name.size() < 4 || name[2] < '0' || name[2] > '9') return false;
  const std::uint64_t number = std::strtoull(name.c_str() + 2, nullptr, 10);
  return number > own && number <= own + appended;
}

void describe_own_channels(const FcsLayout& layout, FcsKeywords& keywords) {
  for (std::size_t index = 0; index < layout.columns.size(); ++index) {
    const std::string prefix = fmt::format("$P{}", index + 1);
    keywords[prefix + "B"] = fmt::format("{}", layout.columns[index].bits);
    // What FCS 3.1 asks for and older files may lack.
    keywords.try_emplace(prefix + "E", "0,0");
    keywords.try_emplace(prefix + "N", layout.channels[index].name);
    keywords.try_emplace(prefix + "R",
                         fmt::format("{:.0f}", std::max(1.0, layout.columns[index].range)));
    keywords.erase(prefix + "DATATYPE");  // FCS 3.2; all channels have one type here
  }
}

void describe_appended(const FcsAppendix& appendix, std::size_t own, const Storage& storage,
                       FcsKeywords& keywords) {
  const bool is_integer = storage.type == FcsValueType::kInteger;
  for (std::size_t index = 0; index < appendix.channels.size(); ++index) {
    const AppendedChannel& channel = appendix.channels[index];
    const std::string number = fmt::format("P{}", own + index + 1);
    const double scale = is_integer ? channel.per_unit : 1.0;
    keywords["$" + number + "B"] = fmt::format("{}", storage.bytes * 8);
    keywords["$" + number + "D"] = fmt::format("Linear,0,{}", channel.highest);
    keywords["$" + number + "E"] = "0,0";
    if (scale != 1.0) keywords["$" + number + "G"] = fmt::format("{}", scale);
    keywords["$" + number + "N"] = channel.name;
    keywords["$" + number + "R"] = fmt::format("{:.0f}", std::floor(channel.highest * scale) + 1.0);
    keywords["$" + number + "S"] = channel.stain;
    keywords[number + "DISPLAY"] = "LIN";
  }
}

FcsKeywords keywords_of(const FcsHead& head, const FcsLayout& layout, const FcsAppendix& appendix,
                        const Storage& storage) {
  FcsKeywords keywords;
  const std::size_t own = layout.columns.size();
  for (const auto& [name, value] : head.keywords) {
    if (!is_stale(name, own, appendix.channels.size())) keywords[name] = value;
  }
  describe_own_channels(layout, keywords);
  describe_appended(appendix, own, storage, keywords);
  const std::string type(storage.type == FcsValueType::kFloat    ? "F"
                         : storage.type == FcsValueType::kDouble ? "D"
                                                                 : "I");
  keywords["$BYTEORD"] = std::string(storage.is_big_endian ? "4,3,2,1" : "1,2,3,4");
  keywords["$DATATYPE"] = type;
  keywords["$MODE"] = std::string("L");
  keywords["$PAR"] = fmt::format("{}", own + appendix.channels.size());
  keywords["$TOT"] = fmt::format("{}", layout.events);
  for (const auto& [name, value] : appendix.keywords) keywords[name] = value;
  // As the file spells them: some programs look for "SPILL", others for "spill".
  FcsKeywords spelt;
  for (auto& [name, value] : keywords) {
    const auto spelling = head.spelling.find(name);
    spelt[spelling == head.spelling.end() ? name : spelling->second] = std::move(value);
  }
  return spelt;
}

void write_events(AtomicFile& file, const ByteSource& source, const FcsLayout& layout,
                  const FcsAppendix& appendix, const Storage& storage) {
  constexpr std::size_t kBlockEvents = 4096;
  const std::size_t own = layout.event_bits / 8;
  const std::size_t whole = own + appendix.channels.size() * storage.bytes;
  std::string stored(kBlockEvents * own, '\0');
  std::string block(kBlockEvents * whole, '\0');
  for (std::size_t first = 0; first < layout.events; first += kBlockEvents) {
    const std::size_t events = std::min<std::size_t>(kBlockEvents, layout.events - first);
    source.read(layout.data.begin + first * own, std::span(stored.data(), events * own));
    for (std::size_t event = 0; event < events; ++event) {
      char* bytes = block.data() + event * whole;
      std::memcpy(bytes, stored.data() + event * own, own);
      bytes += own;
      for (const AppendedChannel& channel : appendix.channels) {
        store(bytes, channel.values[first + event], channel, storage);
        bytes += storage.bytes;
      }
    }
    file.write(std::string_view(block).substr(0, events * whole));
  }
}

void check_events(const std::string& source, std::size_t events, const FcsAppendix& appendix) {
  for (const AppendedChannel& channel : appendix.channels) {
    if (channel.values.size() == events) continue;
    throw InputError(
        fmt::format("{}: {} events, but labels for {} (the file has changed since it was read); "
                    "run again with files that nothing writes to",
                    source, events, channel.values.size()));
  }
}

/// As gateless reads the file: linear values as floats.
void write_as_read(const std::string& source, const std::string& path,
                   const FcsAppendix& appendix) {
  RawSample sample = read_event_file(source);
  check_events(source, sample.events, appendix);
  for (const AppendedChannel& channel : appendix.channels) {
    sample.channels.push_back(
        {.name = channel.name, .stain = channel.stain, .range = std::floor(channel.highest) + 1.0});
    sample.values.push_back(channel.values);
  }
  for (const auto& [name, value] : appendix.keywords) sample.keywords[name] = value;
  write_fcs(path, sample);
}

}  // namespace

void append_to_events(const std::string& source_path, const std::string& path,
                      const FcsAppendix& appendix) {
  if (event_format(source_path) != EventFormat::kFcs)
    return write_as_read(source_path, path, appendix);
  const ByteSource source(source_path);
  const FcsHead head = read_fcs_head(source, 0);
  std::vector<std::string> warnings;  // they were said when the file was read first
  FcsLayout layout = read_fcs_layout(source, head, warnings);
  if (!can_stay(layout)) return write_as_read(source_path, path, appendix);
  check_events(source_path, layout.events, appendix);
  // Floats may be in the other order than $BYTEORD says; reading them tells.
  if (layout.columns.front().type != FcsValueType::kInteger) {
    (void)read_fcs_values(source, layout, warnings);
  }
  const Storage storage = storage_of(layout, appendix);
  const std::uint64_t event_bytes =
      layout.event_bits / 8 + std::uint64_t{storage.bytes} * appendix.channels.size();
  AtomicFile file(path);
  file.write(fcs_head_bytes("FCS3.1", keywords_of(head, layout, appendix, storage),
                            layout.events * event_bytes));
  write_events(file, source, layout, appendix, storage);
  file.write("00000000");  // no CRC was computed (FCS 3.1, 3.5)
  file.commit();
}

}  // namespace gateless::io
