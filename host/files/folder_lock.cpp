#include "host/files/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "host/core/error.hpp"

namespace gateless::files {
namespace {

/// Who runs here, for the message of the one who comes second.
std::string holder() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {}", getpid(), host.data());
}

std::string text_of(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t bytes = pread(descriptor, text.data(), text.size(), 0);
  return bytes > 0 ? std::string(text.data(), static_cast<std::size_t>(bytes)) : "another process";
}

/// False when another process holds it. A record lock, unlike flock, is not inherited by child processes.
bool lock_file(int descriptor) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return fcntl(descriptor, F_SETLK, &whole) == 0 || (errno != EACCES && errno != EAGAIN);
}

/// Whether the open file still has this name: who held it before may have removed it.
bool is_named(int descriptor, const std::string& path) {
  struct stat open_file {};
  struct stat named {};
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

}  // namespace

FolderLock::FolderLock(const std::string& dir) : dir_(dir), path_(dir + "/.gateless.lock") {
  std::error_code ignored;
  if (std::filesystem::is_directory(dir_, ignored)) take();
}

FolderLock::~FolderLock() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());
  close(descriptor_);
}

void FolderLock::take() {
  while (descriptor_ < 0) {
    const int opened = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (opened < 0) return;  // nothing can be written here: the first result says why
    if (!lock_file(opened)) {
      const std::string other = text_of(opened);
      close(opened);
      throw InputError(
          fmt::format("{}: {} is writing into this folder (the results of two runs would mix); "
                      "wait for it to end or choose another --out",
                      dir_, other));
    }
    if (!is_named(opened, path_)) {
      close(opened);
      continue;
    }
    descriptor_ = opened;
    const std::string text = holder();
    // On a full disk the next one is not told who holds it, no more.
    if (ftruncate(opened, 0) == 0 && pwrite(opened, text.data(), text.size(), 0) < 0) return;
  }
}

}  // namespace gateless::files
