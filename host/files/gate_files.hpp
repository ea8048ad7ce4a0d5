// The files of one panel as gates see them: every event that was recorded, with its label, in the file's own units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/core/gates.hpp"
#include "host/core/layers.hpp"
#include "host/stages/panel_analysis.hpp"
#include "io/event_file.hpp"

namespace gateless::files {

/// What gates are to hold beside the named subsets: events of one metacluster of a refined map.
struct ClusterOfInterest {
  std::string id, name;
  std::string parent;             ///< subset that was clustered again
  std::uint32_t metacluster = 0;  ///< as in clusters.csv
};

/// One file of a panel.
struct GateFile {
  std::string name, path;
  std::vector<std::size_t> channels;  ///< [axes], place of each axis in the file
  const PooledSample* pooled = nullptr;
  std::size_t first = 0;  ///< of its events in the pool
};

/// The files that gates can be counted in, and the axes that all of them have.
struct GateFiles {
  std::vector<GateAxis> axes;
  std::vector<bool> tells_cells;  ///< [axes], as GateLesson::tells_cells
  std::vector<GateFile> files;
  bool is_unmixed = false;            ///< by each file's own spillover matrix
  std::vector<std::string> left_out;  ///< names of samples whose channels or compensation differ
};

/// `names` [samples of the study].
[[nodiscard]] GateFiles gate_files(const PanelAnalysis& analysis,
                                   const std::vector<Sample>& samples,
                                   const std::vector<std::string>& names);

/// Labels of all events of a file.
struct FileLabels {
  std::vector<std::int16_t> subset;  ///< [events], index of SubsetModel::subsets; -1: none
  std::vector<bool> is_kept;         ///< [events]
  std::vector<std::int32_t>
      profile;  ///< [events], of SubsetCalls::profiles; -1: none; empty without
  std::vector<std::int32_t> refined;  ///< [events], metacluster of the map of a subset; -1: none
};
/// `refined` [pool events].
[[nodiscard]] FileLabels labels_of(const GateFile& file, const PanelAnalysis& analysis,
                                   const std::vector<std::int32_t>& refined);

/// For each pool event, its metacluster in the map of a subset, if that is one of `clusters`; else -1.
[[nodiscard]] std::vector<std::int32_t> refined_of(const PanelAnalysis& analysis,
                                                   const std::vector<ClusterOfInterest>& clusters);

/// The file again. Errors: InputError where it is not the file that was analysed.
[[nodiscard]] RawSample read_again(const GateFile& file);

}  // namespace gateless::files
