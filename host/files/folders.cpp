#include "host/files/folders.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "host/core/error.hpp"

namespace gateless::files {

std::string file_name_of(const std::string& name) {
  std::string clean;
  for (const char letter : name) {
    const bool is_plain = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= 'a' && letter <= 'z') || letter == '.' || letter == '-';
    clean += is_plain ? letter : '_';
  }
  return clean.empty() ? "_" : clean;
}

void check_folder(const std::string& dir) {
  std::filesystem::path place = std::filesystem::absolute(dir).lexically_normal();
  std::error_code ignored;
  while (!std::filesystem::exists(place, ignored) && place.has_relative_path())
    place = place.parent_path();
  const bool is_folder = std::filesystem::is_directory(place, ignored);
  if (is_folder && access(place.c_str(), W_OK | X_OK) == 0) return;
  throw InputError(
      fmt::format("{}: cannot write here: {} (the results need a place); choose another --out", dir,
                  is_folder ? place.string() + " is not writable" : place.string() + " is a file"));
}

void make_folder(const std::string& dir) {
  std::error_code failure;
  std::filesystem::create_directories(dir, failure);
  if (!std::filesystem::is_directory(dir)) {
    throw InputError(fmt::format(
        "{}: cannot make this folder: {} (the results need a place); choose another --out", dir,
        failure ? failure.message() : "a file of this name is in the way"));
  }
}

}  // namespace gateless::files
