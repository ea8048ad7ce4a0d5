#include "host/files/part_folders.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "host/core/error.hpp"

namespace gateless::files {

std::vector<NamedPart> read_parts(const std::vector<std::string>& folders) {
  std::vector<NamedPart> parts;
  std::vector<std::string> errors;
  for (const std::string& folder : folders) {
    if (!std::filesystem::exists(folder + "/run.json")) {
      errors.push_back(fmt::format(
          "{}: not finished (there is no run.json, so its samples would be missing); run map again "
          "into this folder",
          folder));
      continue;
    }
    try {
      parts.push_back({folder, read_part(folder + "/part.h5")});
    } catch (const InputError& error) {
      errors.emplace_back(error.what());
      continue;
    }
    if (parts.back().part.model_sha256 == parts.front().part.model_sha256) continue;
    errors.push_back(
        fmt::format("{}: mapped onto another model than {} (their numbers do not compare); map "
                    "all parts onto one model.h5",
                    folder, folders.front()));
  }
  if (!errors.empty()) throw InputError(fmt::format("{}", fmt::join(errors, "\n          ")));
  return parts;
}

}  // namespace gateless::files
