#include "io/file_state.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "host/core/error.hpp"

namespace gateless::io {

std::optional<FileState> state_of_file(const std::string& path) {
  // Without O_NONBLOCK, a named pipe would make open() wait for ever.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  struct stat file {};
  const bool is_told = ::fstat(descriptor, &file) == 0;
  ::close(descriptor);
  if (!is_told || !S_ISREG(file.st_mode)) return std::nullopt;
  return FileState{.device = file.st_dev,
                   .inode = file.st_ino,
                   .bytes = static_cast<std::uint64_t>(file.st_size),
                   .written = file.st_mtim.tv_sec,
                   .written_ns = file.st_mtim.tv_nsec,
                   .changed = file.st_ctim.tv_sec,
                   .changed_ns = file.st_ctim.tv_nsec};
}

UnchangedFile::UnchangedFile(std::string path)
    : path_(std::move(path)), first_(state_of_file(path_)) {}

void UnchangedFile::check() const {
  const std::optional<FileState> now = state_of_file(path_);
  if (now && now == first_) return;
  throw InputError(
      fmt::format("{}: the file changed while it was read (its events and its checksum would be "
                  "of two versions); wait until it is written and start again",
                  path_));
}

}  // namespace gateless::io
