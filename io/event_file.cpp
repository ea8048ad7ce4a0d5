#include "io/event_file.hpp"

#include <algorithm>
#include <string_view>

#include "io/byte_source.hpp"
#include "io/event_csv.hpp"
#include "io/fcs_reader.hpp"
#include "io/h5ad_reader.hpp"
#include "io/other_formats.hpp"
#include "io/utf8.hpp"

namespace gateless::io {

EventFormat event_format(const std::string& path) {
  constexpr std::uint64_t kLookedAt = 4096;
  constexpr std::uint64_t kLargestUserBlock = std::uint64_t{1} << 24U;
  constexpr std::string_view kHdf5Magic("\x89HDF\r\n\x1a\n", 8);
  const ByteSource source(path);
  const std::string first = source.text_up_to(0, kLookedAt);
  if (first.empty()) {
    source.fail(0, "the file is empty (there are no events in it); fetch the file again");
  }
  // "FCS" and a digit: a table may well begin with a channel called FCS.
  if (first.starts_with("FCS") && first.size() > 3 && first[3] >= '0' && first[3] <= '9') {
    return EventFormat::kFcs;
  }
  if (first.starts_with(kHdf5Magic)) return EventFormat::kHdf5;
  // Behind a user block, whose size is a power of two from 512 (HDF5 File Format Specification 3.0, II.A).
  for (std::uint64_t offset = 512; offset < std::min(source.size(), kLargestUserBlock);
       offset *= 2) {
    if (source.text_up_to(offset, kHdf5Magic.size()) == kHdf5Magic) return EventFormat::kHdf5;
  }
  if (first.starts_with("version https://git-lfs")) {
    source.fail(
        0,
        "this is a Git LFS pointer, not the file itself (its events are elsewhere); run `git "
        "lfs pull` where it came from");
  }
  if (const std::string_view what = other_format(first); !what.empty()) {
    source.fail(0, "this is " + std::string(what) +
                       ", not a file of events; unpack it, or give FCS 2.0 to 3.2, .h5ad or CSV");
  }
  if (coding_of(first) != TextCoding::kBytes) return EventFormat::kText;
  for (std::size_t position = 0; position < first.size(); ++position) {
    const auto letter = static_cast<unsigned char>(first[position]);
    if (letter < 0x20 && letter != '\t' && letter != '\r' && letter != '\n') {
      source.fail(
          position,
          "neither FCS, nor HDF5, nor text (it has none of their first bytes); give FCS 2.0 to "
          "3.2, .h5ad or CSV");
    }
  }
  return EventFormat::kText;
}

RawSample read_event_file(const std::string& path, FileDigest* digest) {
  switch (event_format(path)) {
    case EventFormat::kFcs:
      return read_fcs(path, {.digest = digest});
    case EventFormat::kHdf5:
      return read_h5ad(path);
    case EventFormat::kText:
      return read_event_csv(path);
  }
  return {};
}

}  // namespace gateless::io
