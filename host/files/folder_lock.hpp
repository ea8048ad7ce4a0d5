// One run at a time writes into a folder.
#pragma once

#include <string>

namespace gateless::files {

/// A record lock on `<dir>/.gateless.lock`, whose text names the holder. It ends with the process, however that ends, so
/// a killed run leaves nothing that blocks the next. Where locks are not supported there is none.
/// Errors: InputError when another process holds it, with that process.
class FolderLock {
 public:
  /// Takes the lock if the folder is there already.
  explicit FolderLock(const std::string& dir);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  /// Takes the lock unless it is held; the folder must be there by now.
  void take();

 private:
  std::string dir_;
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace gateless::files
