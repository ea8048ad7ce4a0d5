// What files are warned of, once where several say the same.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// A file's warning, and all files that have it; numbers and lists of markers may differ.
struct SharedWarning {
  std::string text;               ///< without its list of markers where these differ
  std::vector<std::size_t> rows;  ///< of the quality table
};

/// In the order of the quality table; files without a warning are left out.
[[nodiscard]] std::vector<SharedWarning> warnings_of_files(const Results& results);

}  // namespace gateless::report
