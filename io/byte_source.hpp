// A file opened for reading whose every access is compared with its size: the one place that touches raw bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gateless::io {

/// Half-open range of bytes in a file.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t size() const noexcept { return end > begin ? end - begin : 0; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

class ByteSource {
 public:
  /// @throws InputError if there is no such regular file or it may not be read.
  explicit ByteSource(std::string path);
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Fills `bytes` from `position` on. @throws InputError if the file ends before.
  void read(std::uint64_t position, std::span<char> bytes) const;
  /// The bytes of `range`, which is checked before memory is taken.
  [[nodiscard]] std::string text(ByteRange range) const;
  /// At most `size` bytes from `position` on: fewer at the end of the file.
  [[nodiscard]] std::string text_up_to(std::uint64_t position, std::uint64_t size) const;

  /// Throws InputError with `<path>: byte <position>: <message>`.
  [[noreturn]] void fail(std::uint64_t position, const std::string& message) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace gateless::io
