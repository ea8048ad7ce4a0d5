// An analysis on its way to its folder: what was found, where it goes, and in which files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "host/core/file_choices.hpp"
#include "host/core/layers.hpp"
#include "host/stages/study_analysis.hpp"

namespace gateless::files {

struct Outcome {
  std::string command;  ///< "run", "cluster", "map", "combine"
  std::string dir;
  std::string configuration;  ///< JSON
  std::uint64_t seed = 0;
  EventsOutput events = EventsOutput::kFull;
  bool skips_gates = false;     ///< --no-gates
  bool writes_fcs = false;      ///< the input files again, with labels
  bool writes_figures = false;  ///< the main charts as SVG files too
  std::size_t threads = 1;
  StudyAnalysis study;
};

}  // namespace gateless::files
