// Files of one panel that are not stained as the others are: two stains exchanged, or none at all.
#pragma once

#include <string>
#include <vector>

#include "host/preprocess/panel_check.hpp"

namespace gateless::preprocess {

/// Two markers of one file that look exchanged.
struct SwappedStains {
  std::size_t file = 0;
  std::string one, other;
  bool by_name = false;  ///< their detectors are exchanged against those of the other files, too
};

/// A file that gives stains to other detectors than the rest does, while its values are where the rest has them.
struct MovedStains {
  std::size_t file = 0;
  std::vector<std::string> markers;  ///< whose values are another marker's
  std::string example;               ///< "CD3 is on PE-A, in the other files CD4 is"
};

struct StainCheck {
  /// Files in which three known markers or more are on a detector that other markers of the panel have elsewhere, and most of
  /// whose values fit that other marker better: a list of stains that slipped by a row.
  std::vector<MovedStains> moved;
  /// Files whose values of two known markers fit each other's reference (the median of the files' quantiles) and not
  /// their own. `by_name`: that they fit better is enough; otherwise they must fit well, and three files must be there.
  std::vector<SwappedStains> swapped;
};
[[nodiscard]] StainCheck compare_stains(const std::vector<FileOfPanel>& files,
                                        const std::vector<std::string>& markers);

/// Markers that stay where the other files' negative cells are, and are much brighter in these.
struct NegativeMarkers {
  std::size_t file = 0;
  std::vector<std::string> markers;
  bool are_nearly_all = false;  ///< the file is unstained, or stained with one dye
};
[[nodiscard]] std::vector<NegativeMarkers> find_negative_markers(
    const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers);

}  // namespace gateless::preprocess
