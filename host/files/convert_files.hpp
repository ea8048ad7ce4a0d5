// Event files into one another, and proof of what was kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/file_choices.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/progress.hpp"
#include "host/files/event_paths.hpp"

namespace gateless::files {

struct Conversion {
  std::uint64_t events = 0;
  std::vector<std::string> errors;  ///< of files that could not be converted
};

/// Errors: UsageError where a converted file would replace another one.
void check_names(const std::vector<EventPath>& files, ConvertTo to);

/// Converts every file it can into `plan.out`, reads each back, and lists them in convert.csv there.
[[nodiscard]] Conversion convert_files(const std::vector<EventPath>& files, const ConvertPlan& plan,
                                       const Knowledge& knowledge, std::size_t threads,
                                       Progress& progress);

}  // namespace gateless::files
