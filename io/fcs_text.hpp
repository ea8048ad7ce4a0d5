// HEADER and TEXT of one data set of an FCS file: where its segments are, and its keywords.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.hpp"

namespace gateless::io {

/// Upper-case keyword -> value, in UTF-8.
using FcsKeywords = std::map<std::string, std::string>;

/// HEADER and all TEXT of one data set. Offsets in the file are relative to `start`; ranges here are absolute.
struct FcsHead {
  std::uint64_t start = 0;
  std::string version;                   ///< "FCS2.0", "FCS3.0", "FCS3.1", "FCS3.2"
  ByteRange text;                        ///< primary TEXT
  std::optional<ByteRange> header_data;  ///< DATA as HEADER has it; none if given as 0
  std::optional<ByteRange> text_data;    ///< DATA as $BEGINDATA and $ENDDATA have it
  FcsKeywords keywords;
  FcsKeywords spelling;  ///< upper-case keyword -> as the file writes it, where that differs
  std::vector<std::string> warnings;
};

/// Reads the data set that begins at byte `start` of the file.
/// @throws InputError if it is not FCS 2.0 to 3.2, or HEADER or TEXT cannot be read.
[[nodiscard]] FcsHead read_fcs_head(const ByteSource& source, std::uint64_t start);

/// Where the next data set begins ($NEXTDATA), if there is one. It always lies behind this one's TEXT,
/// so that following the chain ends.
[[nodiscard]] std::optional<std::uint64_t> next_data_set(const ByteSource& source,
                                                         const FcsHead& head);

/// Adds the keywords of a TEXT segment that begins with its delimiter; a keyword that is already there keeps
/// its value, and a warning tells if another one was given.
/// A doubled delimiter inside a value is one character of it (FCS 3.1, 3.2.9); right behind a keyword it is an
/// empty value, which the standard forbids and many writers produce. `spelling` gets the keywords as they are written, where
/// they are not in capitals. Beyond 100,000 keywords only those of the standard are kept, and a warning tells.
void add_fcs_keywords(std::string_view segment, FcsKeywords& keywords,
                      std::vector<std::string>& warnings, FcsKeywords* spelling = nullptr);

/// The value of a keyword without blanks around it, or nothing if it is missing or blank.
[[nodiscard]] std::optional<std::string> keyword(const FcsKeywords& keywords,
                                                 const std::string& name);

/// A number that fills `text` (blanks around it excepted), or nothing.
[[nodiscard]] std::optional<double> decimal(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

}  // namespace gateless::io
