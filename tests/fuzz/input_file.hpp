// Bytes as a file that is only in memory, for readers that take a path.
#pragma once

#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "host/core/error.hpp"

namespace gateless::fuzz {

class InputFile {
 public:
  explicit InputFile(std::string_view bytes) : descriptor_(memfd_create("input", MFD_CLOEXEC)) {
    if (descriptor_ < 0 ||
        ::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("no file in memory");
    }
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() { ::close(descriptor_); }
  [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

 private:
  int descriptor_;
};

/// Runs a read that may refuse its input; true if it did not. A refusal needs words, and any other exception is a
/// finding.
template <class Read>
bool reads(const Read& read) {
  try {
    read();
    return true;
  } catch (const InputError& error) {
    if (std::string_view(error.what()).size() < 20) throw std::logic_error("a message says little");
    return false;
  }
}

/// Errors: std::logic_error unless it holds.
inline void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

}  // namespace gateless::fuzz
