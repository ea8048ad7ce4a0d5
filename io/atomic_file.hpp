// A file that appears under its name only when it is complete.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace gateless::io {

/// Writes to `<path>.part` in the same folder and renames it to `path` on commit(). A file that is not
/// committed leaves nothing behind. Libraries that open files by name (HDF5) write to part_path() instead of
/// calling write().
/// Errors: InputError (no such folder, no permission), DeviceError (disk full, failed writes), with the path.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  AtomicFile(AtomicFile&&) noexcept = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  void write(std::string_view bytes);
  /// Lets the system begin to bring what was written to the disk, so that commit() waits for less. Returns at once.
  void start_writing_back() noexcept;
  /// Everything is on disk under the final name after this; call it once, last.
  void commit();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& part_path() const noexcept { return part_path_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  std::string path_;
  std::string part_path_;
  std::unique_ptr<std::FILE, Closer> file_;  ///< null once committed or moved from
};

/// Writes a whole text under `path`, or nothing.
void write_whole_file(const std::string& path, std::string_view text);

}  // namespace gateless::io
