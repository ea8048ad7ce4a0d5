// What a command leaves in its folder (DESIGN.md section 6), written only once everything is known.
#pragma once

#include <string>
#include <vector>

#include "host/app/analysis.hpp"
#include "host/app/options.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless {

/// The name of each sample in every table: its file's name without folder and extension, or the whole path as
/// written where that is not unique.
[[nodiscard]] std::vector<std::string> sample_names(const std::vector<Sample>& samples);

/// events.h5ad: every event of every file, kept or not, in file order.
void write_events(const std::string& path, const std::vector<PanelAnalysis>& analyses,
                  const std::vector<Sample>& samples, EventsOutput content);

/// Makes the folder. Errors: InputError when that is not possible.
void make_folder(const std::string& dir);

/// CSV tables, report.html and, last, run.json: a folder with a run.json is a finished run.
void write_results(const std::string& dir, const Results& results, const std::string& command,
                   const std::vector<PanelAnalysis>& analyses, const std::vector<Sample>& samples);

}  // namespace gateless
