// The folder of a result: tables, events, gates, pages, and the record that says it is finished.
#pragma once

#include <string>
#include <vector>

#include "host/core/pieces.hpp"
#include "host/core/progress.hpp"
#include "host/files/folder_lock.hpp"
#include "host/files/outcome.hpp"

namespace gateless::files {

/// What is asked for beside tables and report, as run.json lists it.
[[nodiscard]] std::vector<std::string> asked_outputs(const Outcome& outcome);

/// Takes the lock and marks the folder as unfinished until its new run.json is written; old results go.
void open_folder(const Outcome& outcome, FolderLock& lock, Progress& progress);

/// Files of events, if an interrupted run has not left them whole (`pieces` say so). Values and places are given up
/// afterwards: nothing else needs them.
void write_event_files(Outcome& outcome, Pieces& pieces, Progress& progress);

/// Tables and what reads them; rounds the numbers of `results` as they are shown.
void write_results(const Outcome& outcome, Results& results);

/// The report and, last, run.json: a folder with run.json is finished.
void write_record(const Outcome& outcome, const Results& results);

void write_report(const Results& results, const std::string& dir);

/// The main charts for papers: DIR/figures/NAME.svg. Errors: InputError where the folder cannot be made.
void write_figures(const Results& results, const std::string& dir);

}  // namespace gateless::files
