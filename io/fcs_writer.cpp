#include "io/fcs_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/fcs_head_bytes.hpp"
#include "io/fcs_spillover.hpp"

namespace gateless::io {
namespace {

unsigned value_bits(const FcsWriteOptions& options) {
  switch (options.number) {
    case FcsNumber::kFloat:
      return 32;
    case FcsNumber::kDouble:
      return 64;
    case FcsNumber::kInteger:
      return options.integer_bits;
  }
  return 0;
}

void check(const RawSample& sample, const FcsWriteOptions& options) {
  if (options.integer_bits == 0 || options.integer_bits > 64 || options.integer_bits % 8 != 0) {
    throw UsageError(
        fmt::format("integer width {} (FCS integers are written in whole bytes); use 8, "
                    "16, 24, 32, 40, 48, 56 or 64",
                    options.integer_bits));
  }
  if (options.version != "FCS3.0" && options.version != "FCS3.1") {
    throw UsageError(
        fmt::format("version '{}' (only list mode of FCS3.0 and FCS3.1 is written); use "
                    "one of these",
                    options.version));
  }
  if (sample.values.size() != sample.channels.size() ||
      std::any_of(sample.values.begin(), sample.values.end(),
                  [&](const auto& channel) { return channel.size() != sample.events; })) {
    throw UsageError(
        "a sample whose values are not [channels][events] cannot be written (events "
        "would be mixed up); give every channel a value for each event");
  }
}

/// Whether the writer decides this keyword itself.
bool is_written_anew(const std::string& name, std::size_t channels) {
  constexpr std::array<std::string_view, 17> kOwn{
      "$BEGINDATA", "$ENDDATA",  "$BEGINANALYSIS", "$ENDANALYSIS", "$BEGINSTEXT", "$ENDSTEXT",
      "$BYTEORD",   "$DATATYPE", "$MODE",          "$NEXTDATA",    "$PAR",        "$TOT",
      "$SPILLOVER", "SPILL",     "SPILLOVER",      "$SPILL",       "$UNICODE"};
  if (std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end()) return true;
  if (!name.starts_with("$P") || name.size() < 4) return false;
  std::size_t digits = 2;
  std::size_t number = 0;
  for (; digits < name.size() && name[digits] >= '0' && name[digits] <= '9'; ++digits) {
    number = std::min<std::size_t>(number * 10 + static_cast<std::size_t>(name[digits] - '0'),
                                   std::size_t{1} << 32U);
  }
  if (digits == 2) return false;
  const std::string_view suffix = std::string_view(name).substr(digits);
  constexpr std::array<std::string_view, 8> kSuffixes{"B", "E", "G", "N",
                                                      "R", "S", "D", "DATATYPE"};
  return number == 0 || number > channels ||
         std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

double largest(const std::vector<float>& values) {
  float most = 0.0F;
  for (const float value : values) {
    if (value > most && std::isfinite(value)) most = value;
  }
  return static_cast<double>(most);
}

/// $PnR: readers clear the bits of integers above it, so it must cover every value.
std::string range_text(const Channel& channel, const std::vector<float>& values,
                       const FcsWriteOptions& options) {
  double range = std::ceil(channel.range);
  if (options.number == FcsNumber::kInteger || !(range > 0.0)) {
    const double needed = std::floor(largest(values)) + 1.0;
    if (options.number == FcsNumber::kInteger) {
      range = std::min(std::max(range, needed + 1.0),
                       std::ldexp(1.0, static_cast<int>(options.integer_bits)));
    } else {
      range = needed;
    }
  }
  return fmt::format("{:.0f}", range);
}

FcsKeywords make_keywords(const RawSample& sample, const FcsWriteOptions& options) {
  FcsKeywords keywords;
  for (const auto& [name, value] : sample.keywords) {
    if (!name.empty() && !value.empty() && !is_written_anew(name, sample.channels.size())) {
      keywords[name] = value;
    }
  }
  keywords["$BYTEORD"] = options.byte_order == FcsByteOrder::kLittleEndian ? "1,2,3,4" : "4,3,2,1";
  keywords["$DATATYPE"] = options.number == FcsNumber::kFloat    ? "F"
                          : options.number == FcsNumber::kDouble ? "D"
                                                                 : "I";
  keywords["$MODE"] = "L";
  keywords["$PAR"] = fmt::format("{}", sample.channels.size());
  keywords["$TOT"] = fmt::format("{}", sample.events);
  for (std::size_t index = 0; index < sample.channels.size(); ++index) {
    const Channel& channel = sample.channels[index];
    const std::string prefix = fmt::format("$P{}", index + 1);
    keywords[prefix + "B"] = fmt::format("{}", value_bits(options));
    keywords[prefix + "E"] = "0,0";
    keywords[prefix + "N"] = channel.name.empty() ? fmt::format("P{}", index + 1) : channel.name;
    keywords[prefix + "R"] = range_text(channel, sample.values[index], options);
    if (!channel.stain.empty()) keywords[prefix + "S"] = channel.stain;
  }
  if (sample.spillover) {
    keywords[options.version == "FCS3.1" ? "$SPILLOVER" : "SPILL"] =
        spillover_text(*sample.spillover);
  }
  return keywords;
}

/// The stored form of one value in the low bytes.
std::uint64_t stored_form(float value, const FcsWriteOptions& options) {
  switch (options.number) {
    case FcsNumber::kFloat:
      return std::bit_cast<std::uint32_t>(value);
    case FcsNumber::kDouble:
      return std::bit_cast<std::uint64_t>(static_cast<double>(value));
    case FcsNumber::kInteger:
      break;
  }
  const double rounded = std::nearbyint(static_cast<double>(value));
  if (!(rounded > 0.0)) return 0;  // not-a-number, too
  const std::uint64_t most = ~std::uint64_t{0} >> (64 - options.integer_bits);
  return rounded >= std::ldexp(1.0, static_cast<int>(options.integer_bits))
             ? most
             : static_cast<std::uint64_t>(rounded);
}

void store(char* bytes, std::uint64_t stored, unsigned width, FcsByteOrder order) {
  if (order == FcsByteOrder::kBigEndian) stored = __builtin_bswap64(stored) >> (64 - 8 * width);
  std::memcpy(bytes, &stored, width);
}

/// Writes DATA in blocks that stay in the cache while the channels are woven into events.
void write_values(AtomicFile& file, const RawSample& sample, const FcsWriteOptions& options) {
  const unsigned width = value_bits(options) / 8;
  const std::size_t event_bytes = width * sample.channels.size();
  if (event_bytes == 0) return;
  const std::size_t block_events = std::max<std::size_t>(std::size_t{256} * 1024 / event_bytes, 1);
  std::string block(block_events * event_bytes, '\0');
  for (std::size_t first = 0; first < sample.events; first += block_events) {
    const std::size_t events = std::min(block_events, sample.events - first);
    for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
      const float* values = sample.values[channel].data() + first;
      char* bytes = block.data() + channel * width;
      for (std::size_t event = 0; event < events; ++event) {
        store(bytes + event * event_bytes, stored_form(values[event], options), width,
              options.byte_order);
      }
    }
    file.write(std::string_view(block).substr(0, events * event_bytes));
  }
}

}  // namespace

void write_fcs(const std::string& path, const RawSample& sample, const FcsWriteOptions& options) {
  check(sample, options);
  const std::uint64_t data_bytes =
      std::uint64_t{sample.events} * sample.channels.size() * (value_bits(options) / 8);
  const std::string head =
      fcs_head_bytes(options.version, make_keywords(sample, options), data_bytes);
  AtomicFile file(path);
  file.write(head);
  write_values(file, sample, options);
  file.write("00000000");  // no CRC was computed (FCS 3.1, 3.5)
  file.commit();
}

}  // namespace gateless::io
