#include "host/files/event_paths.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "host/core/error.hpp"

namespace gateless::files {
namespace {

namespace fs = std::filesystem;

std::string ending_of(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return ending;
}

std::vector<EventPath> files_below(const std::string& folder) {
  std::vector<EventPath> events;
  std::vector<EventPath> tables;
  std::error_code failure;
  for (auto entry = fs::recursive_directory_iterator(
           folder, fs::directory_options::skip_permission_denied, failure);
       !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    const std::string ending = ending_of(entry->path());
    const EventPath found{entry->path().string(),
                          entry->path().lexically_relative(folder).string()};
    if (ending == ".fcs" || ending == ".lmd" || ending == ".h5ad") events.push_back(found);
    if (ending == ".csv") tables.push_back(found);
  }
  std::vector<EventPath>& files = events.empty() ? tables : events;
  if (files.empty()) {
    throw InputError(
        fmt::format("{}: no .fcs, .lmd, .h5ad or .csv file in this folder (nothing to look at); "
                    "name the files themselves",
                    folder));
  }
  std::sort(files.begin(), files.end(),
            [](const EventPath& one, const EventPath& other) { return one.path < other.path; });
  return files;
}

}  // namespace

std::vector<EventPath> event_paths(const std::vector<std::string>& paths) {
  std::vector<EventPath> files;
  for (const std::string& path : paths) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      files.push_back({path, fs::path(path).filename().string()});
      continue;
    }
    for (EventPath& file : files_below(path)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace gateless::files
