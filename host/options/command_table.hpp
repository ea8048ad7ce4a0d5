// The one table of commands and options, from which come parsing, help, the man page and shell completion.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "host/options/options.hpp"

namespace gateless::options {

/// Everything the options are parsed into; alive while CLI11 holds references to it.
struct Parsed {
  RunCommand run;
  ClusterCommand cluster;
  MapCommand map;
  CombineCommand combine;
  InspectCommand inspect;
  SimulateCommand simulate;
  ConvertCommand convert;
  ReportCommand report;
  std::vector<std::string> map_panel;  ///< "CHANNEL=MARKER"
  std::string shell;                   ///< whose completion is asked for
  std::string grid = "16x16";
  std::string transform = "auto";
  std::string metaclusters = "auto";
  std::string algorithm = "som";
  std::string compensate = "auto";
  std::string clean = "none";
  std::string events = "full";
  std::string convert_to = "fcs";
  std::string convert_compensate = "none";
  std::string convert_transform = "none";
  bool wants_config = false;
  bool is_json =
      false;  ///< main.cpp looks for it itself, because a wrong command line has an error, too
};

/// All commands and options; `parsed` must outlive the App.
[[nodiscard]] std::unique_ptr<CLI::App> command_table(Parsed& parsed);

/// The man page, in troff; from the table alone.
[[nodiscard]] std::string man_page(const CLI::App& table);

/// Completion for "bash", "zsh" or "fish"; from the table alone.
[[nodiscard]] std::string completion(const CLI::App& table, const std::string& shell);

}  // namespace gateless::options
