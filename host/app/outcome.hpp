// What run, cluster and map have in common once the events are analysed: results as tables, and files in a folder.
#pragma once

#include <string>
#include <vector>

#include "host/app/analysis.hpp"
#include "host/app/options.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless {

/// An analysis on its way to its folder.
struct Outcome {
  std::string command;  ///< "run", "cluster", "map"
  std::string dir;
  std::string configuration;  ///< JSON
  std::uint64_t seed = 0;
  EventsOutput events = EventsOutput::kFull;
  bool skips_gates = false;     ///< --no-gates
  bool writes_fcs = false;      ///< the input files again, with labels
  bool writes_figures = false;  ///< the main charts as SVG files too
  std::size_t threads = 1;
  Knowledge knowledge;  ///< without subsets: clusters only
  std::vector<Sample> samples;
  std::vector<PanelAnalysis> analyses;
};

/// SHA-256 over program version, configuration, knowledge and inputs: the same means the same result.
[[nodiscard]] std::string fingerprint_of(const std::string& configuration,
                                         const Knowledge& knowledge,
                                         const std::vector<PanelEvents>& panels);

/// The tables that need no comparison: clusters, qc, unresolved subsets, back gates, and who computed them.
[[nodiscard]] Results describe(const Outcome& outcome, const Backend& backend);

[[nodiscard]] Model freeze_all(const Outcome& outcome, const std::string& fingerprint);

/// Writes everything: events.h5ad, tables, report.html and, last, run.json; a folder with run.json is finished.
void write_outcome(const Outcome& outcome, Results results, Console& console);

void write_report(const Results& results, const std::string& dir);

/// The main charts for papers: DIR/figures/NAME.svg. Errors: InputError where the folder cannot be made.
void write_figures(const Results& results, const std::string& dir);

/// Errors: InputError where `dir` cannot be made or written; makes nothing.
void check_folder(const std::string& dir);

/// Samples whose markers are far from their panel's; empty if there are none.
[[nodiscard]] std::string shifts_in_words(const std::vector<QcRow>& rows);

/// Makes the folder if it is not there. Errors: InputError when that is not possible.
void make_folder(const std::string& dir);

/// The name of each sample in every table: its file's name without folder and extension, or the path as written
/// where that is not unique.
[[nodiscard]] std::vector<std::string> sample_names(const std::vector<Sample>& samples);

/// A name as part of a file's: letters, digits, '.', '-' and '_'; everything else becomes '_'.
[[nodiscard]] std::string file_name_of(const std::string& name);

/// events.h5ad: every event of every file, kept or not, in file order; with EventsOutput::kPanels the labels alone, and
/// the values of kept events in events_<panel>.h5ad, which miss none.
void write_events(const Outcome& outcome);

}  // namespace gateless
