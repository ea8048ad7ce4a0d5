// Whether a file is still the one that was looked at first.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace gateless::io {

/// Remembers a file's identity, size and times. What is read and hashed between construction and check() is one content.
class UnchangedFile {
 public:
  explicit UnchangedFile(std::string path);

  /// Errors: InputError if the file is another one by now, or was written to.
  void check() const;
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return static_cast<std::uint64_t>(first_.st_size);
  }

 private:
  std::string path_;
  struct stat first_ {};
};

}  // namespace gateless::io
