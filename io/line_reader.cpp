#include "io/line_reader.hpp"

#include <algorithm>

namespace gateless::io {

LineReader::LineReader(const ByteSource& source) : source_(source) {
  constexpr std::uint64_t kLookedAt = 4096;
  coding_ = coding_of(source.text_up_to(0, kLookedAt));
  read_block();
  if (block_.starts_with("\xEF\xBB\xBF")) begin_ = 3;
  if (block_.find('\n') == std::string::npos && block_.find('\r') != std::string::npos)
    end_of_line_ = '\r';
}

void LineReader::read_block() {
  constexpr std::uint64_t kBlockBytes = std::uint64_t{1} << 20U;  // even: no unit of UTF-16 is cut
  const std::string bytes = source_.text_up_to(position_, kBlockBytes);
  position_ += bytes.size();
  block_ += decoded(bytes, coding_);
}

std::optional<std::string_view> LineReader::next() {
  std::size_t end = block_.find(end_of_line_, begin_);
  while (end == std::string::npos && position_ < source_.size()) {
    const std::size_t searched = block_.size() - begin_;
    block_.erase(0, begin_);
    begin_ = 0;
    read_block();
    end = block_.find(end_of_line_, searched);
  }
  if (begin_ == block_.size()) return {};
  end = std::min(end, block_.size());
  std::string_view line = std::string_view(block_).substr(begin_, end - begin_);
  begin_ = std::min(end + 1, block_.size());
  ++number_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace gateless::io
