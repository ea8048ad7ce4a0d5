#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "host/core/error.hpp"

namespace gateless::io {
namespace {

[[noreturn]] void fail_to_open(const std::string& path, int reason) {
  throw InputError(
      fmt::format("{}: cannot be written: {} (results need a place); name a folder that "
                  "exists and can be written to",
                  path, std::strerror(reason)));
}

[[noreturn]] void fail_to_write(const std::string& path, int reason) {
  throw DeviceError(
      fmt::format("{}: writing failed: {} (the file would be incomplete, so it was removed); "
                  "free some space or choose another folder",
                  path, std::strerror(reason)));
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), part_path_(path_ + ".part") {
  std::error_code ignored;
  if (std::filesystem::is_directory(path_, ignored)) fail_to_open(path_, EISDIR);
  file_.reset(std::fopen(part_path_.c_str(), "wb"));
  if (!file_) fail_to_open(path_, errno);
}

AtomicFile::~AtomicFile() {
  if (!file_) return;
  file_.reset();
  std::remove(part_path_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    fail_to_write(path_, errno);
  }
}

void AtomicFile::start_writing_back() noexcept {
#ifdef SYNC_FILE_RANGE_WRITE
  (void)sync_file_range(fileno(file_.get()), 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

void AtomicFile::commit() {
  if (std::fflush(file_.get()) != 0) fail_to_write(path_, errno);
  // Some file systems cannot synchronise (EINVAL); what they hold is as complete as it gets.
  if (fsync(fileno(file_.get())) != 0 && errno != EINVAL) fail_to_write(path_, errno);
  if (std::rename(part_path_.c_str(), path_.c_str()) != 0) fail_to_write(path_, errno);
  file_.reset();
}

void write_whole_file(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace gateless::io
