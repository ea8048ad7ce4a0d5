#include "io/unchanged_file.hpp"

#include <fmt/core.h>

#include <utility>

#include "host/core/error.hpp"

namespace gateless::io {
namespace {

bool is_same(const timespec& left, const timespec& right) {
  return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

}  // namespace

UnchangedFile::UnchangedFile(std::string path) : path_(std::move(path)) {
  // A file that is not there is told about by whoever opens it.
  if (stat(path_.c_str(), &first_) != 0) first_ = {};
}

void UnchangedFile::check() const {
  struct stat now {};
  const bool is_there = stat(path_.c_str(), &now) == 0;
  if (is_there && now.st_dev == first_.st_dev && now.st_ino == first_.st_ino &&
      now.st_size == first_.st_size && is_same(now.st_mtim, first_.st_mtim) &&
      is_same(now.st_ctim, first_.st_ctim)) {
    return;
  }
  throw InputError(
      fmt::format("{}: the file changed while it was read (its events and its checksum would be "
                  "of two versions); wait until it is written and start again",
                  path_));
}

}  // namespace gateless::io
