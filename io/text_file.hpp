// Reads text files whole, with a size limit, and collects what is wrong in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gateless::io {

/// The bytes of a file, those of UTF-16 as UTF-8. Errors: InputError when it is missing, not a file, unreadable or larger than `max_bytes`.
[[nodiscard]] std::string read_text_file(const std::string& path, std::uint64_t max_bytes);

/// What is wrong in one file, told all at once: one line a problem, each with `file:line:` in front.
class Problems {
 public:
  explicit Problems(std::string path) : path_(std::move(path)) {}

  /// `line` is 1-based; 0 when the problem is of the whole file.
  void add(int line, const std::string& what);
  [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
  /// Throws InputError with every problem, if there is one.
  void throw_if_any() const;

 private:
  std::string path_;
  std::vector<std::string> lines_;
};

}  // namespace gateless::io
