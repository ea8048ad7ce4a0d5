// Bytes as a file in memory, for readers that take a path.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "host/core/error.hpp"

namespace gateless::fuzz {

/// HDF5 opens no /proc/self/fd of a memfd, so it is a file of /dev/shm, where there is one.
class InputFile {
 public:
  explicit InputFile(std::string_view bytes)
      : path_(access("/dev/shm", W_OK) == 0 ? "/dev/shm/gateless-XXXXXX" : "/tmp/gateless-XXXXXX") {
    const int descriptor = mkstemp(path_.data());
    const ssize_t written = descriptor < 0 ? -1 : ::write(descriptor, bytes.data(), bytes.size());
    if (descriptor >= 0) ::close(descriptor);
    if (written != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("no input file");
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() { ::unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Runs a read that may refuse its input; true if it did not. A refusal needs words, and any other exception is a
/// finding.
template <class Read>
bool reads(const Read& read) {
  try {
    read();
    return true;
  } catch (const InputError& error) {
    if (std::getenv("GATELESS_FUZZ_TELL") != nullptr) std::fprintf(stderr, "%s\n", error.what());
    if (std::string_view(error.what()).size() < 20) throw std::logic_error("a message says little");
    return false;
  }
}

/// Errors: std::logic_error unless it holds.
inline void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

}  // namespace gateless::fuzz
