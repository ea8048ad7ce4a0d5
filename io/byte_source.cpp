#include "io/byte_source.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "host/core/error.hpp"
#include "io/sha256.hpp"

namespace gateless::io {

ByteSource::ByteSource(std::string path, FileDigest* digest)
    : path_(std::move(path)), digest_(digest) {
  // Without O_NONBLOCK, a named pipe would make open() wait for ever.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    throw InputError(
        fmt::format("{}: cannot be opened: {}; check the path", path_, std::strerror(errno)));
  }
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw InputError(
        fmt::format("{}: is not a regular file (events are read from files); name a file", path_));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

ByteSource::~ByteSource() { ::close(descriptor_); }

void ByteSource::read(std::uint64_t position, std::span<char> bytes) const {
  if (position > size_ || bytes.size() > size_ - position) {
    fail(size_,
         fmt::format("the file ends, but bytes {} to {} are needed (it is truncated); fetch the "
                     "file again",
                     position, position + bytes.size()));
  }
  if (digest_ != nullptr) show_gap_before(position);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(position + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      fail(position + done,
           fmt::format("cannot be read: {}; check the disk "
                       "and that nobody is writing to the file",
                       got < 0 ? std::strerror(errno) : "the file became shorter"));
    }
    done += static_cast<std::size_t>(got);
  }
  if (digest_ != nullptr) digest_->see(position, {bytes.data(), bytes.size()});
}

void ByteSource::show_gap_before(std::uint64_t position) const {
  constexpr std::uint64_t kWorthReading = std::uint64_t{1} << 20U;
  if (position <= digest_->seen() || position - digest_->seen() > kWorthReading) return;
  std::string gap(position - digest_->seen(), '\0');
  read(digest_->seen(), gap);
}

std::string ByteSource::text(ByteRange range) const {
  if (range.end > size_ || range.begin > range.end) {
    fail(
        std::min(range.begin, size_),
        fmt::format("a segment of bytes {} to {} does not fit into the {} bytes of the file (it is "
                    "truncated or its offsets are wrong); fetch the file again",
                    range.begin, range.end, size_));
  }
  std::string bytes(range.size(), '\0');
  read(range.begin, bytes);
  return bytes;
}

std::string ByteSource::text_up_to(std::uint64_t position, std::uint64_t size) const {
  const std::uint64_t begin = std::min(position, size_);
  return text({begin, begin + std::min(size, size_ - begin)});
}

void ByteSource::fail(std::uint64_t position, const std::string& message) const {
  throw InputError(fmt::format("{}: byte {}: {}", path_, position, message));
}

}  // namespace gateless::io
