// Which files are of one panel, and whether they can be pooled.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/layers.hpp"
#include "host/core/progress.hpp"
#include "host/core/study.hpp"
#include "host/preprocess/panel_check.hpp"
#include "host/stages/ingest_file.hpp"

namespace gateless::stages {

/// The files of one panel.
struct PanelMembers {
  std::string name;
  std::vector<std::size_t> members;  ///< indices of the samples, rising
};

/// By the sheet's word, else by the markers: files with most markers in common are of one panel. A misspelt stain gets the
/// marker that its detector has in the other files.
[[nodiscard]] std::vector<PanelMembers> group_panels(const std::vector<Sample>& samples,
                                                     std::vector<Ingested>& files,
                                                     Progress& progress);

/// The markers that all members have, in the order of the first file, and what is odd about them.
struct CheckedMarkers {
  std::vector<std::string> markers;
  std::vector<MarkerDoubt> doubts;  ///< `file` counts the panel's members
  std::vector<std::string> refusals;
};
/// Compares the files of a panel before they are pooled; refusals are returned, not thrown.
[[nodiscard]] CheckedMarkers check_members(const std::vector<Sample>& samples,
                                           const std::vector<Ingested>& files,
                                           const PanelMembers& group, std::size_t threads,
                                           Progress& progress);

/// Throws InputError with all refusals, if there are any.
void refuse_unlike_files(const std::vector<CheckedMarkers>& checked);

/// "a, b, c and 9 more files".
[[nodiscard]] std::string few_of(const std::vector<std::string>& files);

}  // namespace gateless::stages
