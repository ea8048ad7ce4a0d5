// Whether a file is still the one that was looked at before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gateless::io {

/// Which file it is, its size and its times. A file that was written to, or another in its place, has another state, but for
/// two cases: writes within one tick of the file system's clock (2 s where it is coarsest) or through memory that is shared
/// (seen once the system has written it), and file systems without a time of change of their own (FAT), where the time of
/// writing can be set.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t written = 0;  ///< s since 1970, and ns
  std::int64_t written_ns = 0;
  std::int64_t changed = 0;  ///< content or attributes
  std::int64_t changed_ns = 0;

  friend bool operator==(const FileState&, const FileState&) = default;
};

/// None where it is no regular file that can be opened. It is opened, as file systems of a network then ask their server.
[[nodiscard]] std::optional<FileState> state_of_file(const std::string& path);

/// Remembers a file's state. What is read and hashed between construction and check() is one content.
class UnchangedFile {
 public:
  explicit UnchangedFile(std::string path);

  /// Errors: InputError if the file is another one by now, or was written to.
  void check() const;
  [[nodiscard]] std::uint64_t bytes() const noexcept { return first_ ? first_->bytes : 0; }

 private:
  std::string path_;
  std::optional<FileState> first_;  ///< a file that is not there is told about by whoever opens it
};

}  // namespace gateless::io
