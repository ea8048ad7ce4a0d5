// The files that make up the report page, embedded into the program by embed.cmake.
#pragma once

#include <string_view>
#include <vector>

namespace gateless::report {

struct PageFile {
  std::string_view name;  ///< e.g. "page.css"
  std::string_view text;
};

/// The files beside this one. The text lives as long as the program.
[[nodiscard]] std::vector<PageFile> page_files();

}  // namespace gateless::report
