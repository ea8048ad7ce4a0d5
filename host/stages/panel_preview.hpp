// What `run` would make of files together: which are of one panel, whether they can be pooled, and what it would say of each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/core/panel.hpp"
#include "host/stages/ingest_file.hpp"

namespace gateless::stages {

/// What a run would make of one file.
struct FilePreview {
  std::string panel;       ///< "panel", "panel 2" ...; empty where the file cannot be used
  Panel channels;          ///< what each channel is, and why
  std::uint64_t kept = 0;  ///< events after cleaning
  bool fits = false;       ///< a run would take it
  std::vector<std::string>
      told;  ///< what a run would say of it, or of its panel without naming a file
};

/// Reads and cleans all files and compares those of one panel, as `run` does without a study file. Returns one preview per path.
[[nodiscard]] std::vector<FilePreview> preview_files(const std::vector<std::string>& paths,
                                                     const ReadSample& read,
                                                     const Knowledge& knowledge,
                                                     std::size_t threads);

}  // namespace gateless::stages
