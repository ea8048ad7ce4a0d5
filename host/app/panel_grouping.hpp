// Which files are of one panel, and whether they can be pooled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/app/console.hpp"
#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"
#include "host/core/study.hpp"
#include "host/preprocess/clean.hpp"
#include "host/preprocess/panel_check.hpp"

namespace gateless {

/// One file, read and cleaned, not yet pooled.
struct Ingested {
  std::vector<Channel> channels;
  Panel panel;
  std::optional<Spillover> spillover;
  PreparedSample prepared;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::vector<std::string> warnings;
  std::string error;  ///< why it cannot be used; empty if it can
};

struct PanelMembers {
  std::string name;
  std::vector<std::size_t> members;  ///< indices of the samples, rising
};

/// By the sheet's word, else by the markers: files with most markers in common are of one panel. A misspelt stain gets the
/// marker that its detector has in the other files.
[[nodiscard]] std::vector<PanelMembers> group_panels(const std::vector<Sample>& samples,
                                                     std::vector<Ingested>& files,
                                                     Console& console);

/// The markers that all members have, in the order of the first file, and what is odd about them.
struct CheckedMarkers {
  std::vector<std::string> markers;
  std::vector<MarkerDoubt> doubts;  ///< `file` counts the panel's members
  std::vector<std::string> refusals;
};
[[nodiscard]] CheckedMarkers check_members(const std::vector<Sample>& samples,
                                           const std::vector<Ingested>& files,
                                           const PanelMembers& group, Console& console);

/// Throws InputError with all refusals, if there are any.
void refuse_unlike_files(const std::vector<CheckedMarkers>& checked);

/// "a, b, c and 9 more files".
[[nodiscard]] std::string few_of(const std::vector<std::string>& files);

}  // namespace gateless
