#include "io/text_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "host/core/error.hpp"
#include "io/utf8.hpp"

namespace gateless::io {
namespace {

/// A wrong file gives thousands of problems; nobody reads more than these.
constexpr std::size_t kMostProblems = 50;

}  // namespace

std::string read_text_file(const std::string& path, std::uint64_t max_bytes) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw InputError(fmt::format("{}: file not found; check the path", path));
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw InputError(fmt::format("{}: is not a file; name a text file", path));
  }
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (!error && bytes > max_bytes) {
    throw InputError(
        fmt::format("{}: has {} bytes (more than the {} that such a file can need); "
                    "check that it is the right file",
                    path, bytes, max_bytes));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(error ? 0 : bytes), '\0');
  if (!error && file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (error || !file) {
    throw InputError(fmt::format("{}: cannot be read: {}; check its permissions", path,
                                 error ? error.message() : std::strerror(errno)));
  }
  return decoded(text, coding_of(text));
}

void Problems::add(int line, const std::string& what) {
  lines_.push_back(line > 0 ? fmt::format("{}:{}: {}", path_, line, what)
                            : fmt::format("{}: {}", path_, what));
}

void Problems::throw_if_any() const {
  if (lines_.empty()) return;
  if (lines_.size() <= kMostProblems) throw InputError(fmt::format("{}", fmt::join(lines_, "\n")));
  const auto last = lines_.begin() + static_cast<std::ptrdiff_t>(kMostProblems);
  throw InputError(fmt::format("{}\n{}: and {} more problems like these",
                               fmt::join(lines_.begin(), last, "\n"), path_,
                               lines_.size() - kMostProblems));
}

}  // namespace gateless::io
