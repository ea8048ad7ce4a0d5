// A file opened for reading whose every access is compared with its size: the one place that touches raw bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gateless::io {

class FileDigest;

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
  /// `digest` sees what is read, if it is given.
  explicit ByteSource(std::string path, FileDigest* digest = nullptr);
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
  /// Segments are read in the file's order with a few bytes between them: the digest misses none of those.
  void show_gap_before(std::uint64_t position) const;

  std::string path_;
  FileDigest* digest_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace gateless::io
