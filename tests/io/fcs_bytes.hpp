// Builds FCS files byte by byte for tests, so that they can be as odd as real ones.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace gateless::io {

/// One data set: keywords in order, then DATA. Offsets are right unless a test sets them otherwise.
struct FcsBytes {
  std::string version = "FCS3.1";
  std::vector<std::pair<std::string, std::string>> keywords;
  std::string data;
  char delimiter = '/';
  std::string raw_text;                 ///< replaces the TEXT made from `keywords`
  std::int64_t header_begin_shift = 0;  ///< added to HEADER's first byte of DATA
  std::int64_t header_end_shift = 0;    ///< added to HEADER's last byte of DATA
  bool header_has_data = true;          ///< else 0 in HEADER, as beyond 99,999,999 bytes
  bool text_has_data = true;            ///< else no $BEGINDATA and $ENDDATA

  FcsBytes& with(const std::string& name, const std::string& value) {
    for (auto& [known, old] : keywords) {
      if (known == name) {
        old = value;
        return *this;
      }
    }
    keywords.emplace_back(name, value);
    return *this;
  }
  FcsBytes& without(const std::string& name) {
    std::erase_if(keywords, [&](const auto& entry) { return entry.first == name; });
    return *this;
  }

  std::string bytes() const {
    constexpr std::size_t kBegin = 4096;  // DATA begins where TEXT of these tests cannot reach
    std::string text = raw_text;
    if (text.empty()) {
      auto all = keywords;
      if (text_has_data) {
        all.emplace_back("$BEGINDATA", fmt::format("{}", kBegin));
        all.emplace_back("$ENDDATA", fmt::format("{}", kBegin + data.size() - 1));
      }
      text = std::string(1, delimiter);
      for (const auto& [name, value] : all) {
        text += name + delimiter + value + delimiter;
      }
    }
    const auto begin = static_cast<std::int64_t>(kBegin) + header_begin_shift;
    const auto last = static_cast<std::int64_t>(kBegin + data.size()) - 1 + header_end_shift;
    std::string file =
        fmt::format("{}    {:>8}{:>8}{:>8}{:>8}{:>8}{:>8}", version, 58, 57 + text.size(),
                    header_has_data ? begin : 0, header_has_data ? last : 0, 0, 0) +
        text;
    file.resize(kBegin, ' ');
    return file + data;
  }
};

/// List mode of channels A, B, C ... with `bits` each.
inline FcsBytes list_mode(const std::string& type, const std::string& order,
                          const std::vector<unsigned>& bits, std::uint64_t events,
                          const std::string& data) {
  FcsBytes file;
  file.with("$MODE", "L").with("$DATATYPE", type).with("$BYTEORD", order).with("$NEXTDATA", "0");
  file.with("$PAR", fmt::format("{}", bits.size())).with("$TOT", fmt::format("{}", events));
  for (std::size_t index = 0; index < bits.size(); ++index) {
    const std::string prefix = fmt::format("$P{}", index + 1);
    file.with(prefix + "N", std::string(1, static_cast<char>('A' + index)));
    file.with(prefix + "B", fmt::format("{}", bits[index]));
    file.with(prefix + "R", bits[index] < 64 ? fmt::format("{}", std::uint64_t{1} << bits[index])
                                             : "18446744073709551616");
    file.with(prefix + "E", "0,0");
  }
  file.data = data;
  return file;
}

/// The lowest `bytes` bytes of `value`; `order` names for each stored byte its rank, 1 the lowest, as $BYTEORD.
inline std::string stored_bytes(std::uint64_t value, const std::vector<unsigned>& order) {
  std::string bytes;
  for (const unsigned rank : order) {
    bytes += static_cast<char>((value >> (8 * (rank - 1))) & 0xFFU);
  }
  return bytes;
}

}  // namespace gateless::io
