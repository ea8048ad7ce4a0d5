// The lines of a text file, one block in memory at a time, whatever its coding and line ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/byte_source.hpp"
#include "io/utf8.hpp"

namespace gateless::io {

class LineReader {
 public:
  explicit LineReader(const ByteSource& source);

  /// The next line without its end (\n, \r\n, or \r in files that have no \n), or nothing behind the last; valid until the
  /// next call. UTF-16 arrives as UTF-8, without a byte order mark.
  std::optional<std::string_view> next();
  /// Of the last line, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  /// Appends the next block.
  void read_block();

  const ByteSource& source_;
  TextCoding coding_ = TextCoding::kBytes;
  char end_of_line_ = '\n';
  std::string block_;
  std::size_t begin_ = 0;       ///< of the next line, in `block_`
  std::uint64_t position_ = 0;  ///< of the end of `block_`, in the file
  std::uint64_t number_ = 0;
};

}  // namespace gateless::io
