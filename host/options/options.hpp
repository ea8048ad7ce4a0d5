// What the command line says, one struct per command; filled by command_line.cpp, read by the commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/file_choices.hpp"
#include "host/core/layers.hpp"
#include "host/core/study.hpp"

namespace gateless::options {

/// Options that every analysing command knows.
struct SharedOptions {
  std::string backend = "auto";
  BackendOptions compute;
  std::optional<std::uint64_t> seed;  ///< over the study file's
  bool is_quiet = false;
  std::string log_level = "info";
};

struct RunCommand {
  SharedOptions shared;
  std::string study;
  std::string model;  ///< trained before; empty: train
  std::string out;
  EventsOutput events = EventsOutput::kFull;
  bool skips_gates = false;     ///< no gates: the files are not read a second time
  bool writes_fcs = false;      ///< --fcs
  bool writes_figures = false;  ///< --figures
};

struct ClusterCommand {
  SharedOptions shared;
  std::vector<std::string> files;
  std::string out;
  ClusterOptions cluster;
  TransformChoice transform;
  bool compensate = true;
  bool clean =
      false;  ///< the files are taken as they are: often gated, and every event wants its label
  EventsOutput events = EventsOutput::kFull;
  bool writes_fcs = false;
};

struct MapCommand {
  SharedOptions shared;
  std::string model;
  std::vector<std::string> files;
  std::string sheet;  ///< sample sheet instead of files; empty: none
  std::map<std::string, std::string> marker_overrides;  ///< of channels, as `panel` of a study file
  std::string out;
  EventsOutput events = EventsOutput::kFull;
  bool skips_gates = false;  ///< no gates: the files are not read a second time
  bool writes_fcs = false;
};

struct CombineCommand {
  SharedOptions shared;
  std::vector<std::string> parts;  ///< folders that `map` wrote
  std::string study;
  std::string out;
  EventsOutput events = EventsOutput::kFull;
};

struct InspectCommand {
  InspectPlan plan;
};

struct SimulateCommand {
  SharedOptions shared;
  std::string out;
  std::size_t patients = 6;
  std::size_t controls = 6;
  std::vector<std::string> panels = {"B", "T"};
  std::optional<std::size_t> events;
  bool is_null = false;
  bool has_unnamed = false;
};

struct ConvertCommand {
  SharedOptions shared;
  std::vector<std::string> paths;
  ConvertPlan plan;
};

struct ReportCommand {
  std::string dir;
  bool writes_figures = false;  ///< the main charts as SVG files too
};

}  // namespace gateless::options
