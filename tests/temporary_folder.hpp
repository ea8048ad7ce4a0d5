// A folder of a test's own, removed with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace gateless {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    path_ = (std::filesystem::temp_directory_path() / "gateless-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  /// Writes `bytes` under `name`, whose folders are made, and returns the path.
  std::string file(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path written = *this / name;
    std::filesystem::create_directories(written.parent_path());
    std::filesystem::remove(written);  // ext4 flushes a file that is written again: slow
    std::ofstream(written, std::ios::binary) << bytes;
    return written.string();
  }

 private:
  std::string path_;
};

}  // namespace gateless
