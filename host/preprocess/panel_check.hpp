// Files of one panel, each held against the others before they are pooled.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/preprocess/file_of_panel.hpp"

namespace gateless::preprocess {

/// A marker whose values in one file cannot be compared with those in the others.
struct MarkerDoubt {
  std::size_t file = 0;
  std::string marker;
  bool may_lack_cells =
      false;  ///< that nothing is bright may also be so because its cells are missing

  friend bool operator==(const MarkerDoubt&, const MarkerDoubt&) = default;
};

struct PanelCheck {
  std::vector<std::string> refusals;  ///< why the files cannot be pooled
  std::vector<std::string> warnings;
  std::vector<MarkerDoubt> doubts;
  std::vector<std::string>
      left_out;  ///< unknown markers that have one value in every event of each file
};

/// Compares scale, compensation and constant markers of the files. `markers` are those that they have in common.
[[nodiscard]] PanelCheck check_panel(std::vector<FileOfPanel> files,
                                     const std::vector<std::string>& markers, std::size_t threads);

}  // namespace gateless::preprocess
