#include "host/files/result_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "host/core/embedded.hpp"
#include "host/core/layers.hpp"
#include "host/core/piece_values.hpp"
#include "host/files/events_output.hpp"
#include "host/files/folders.hpp"
#include "host/files/labelled_files.hpp"
#include "host/report/figures.hpp"
#include "host/report/report.hpp"
#include "host/stages/freed_memory.hpp"
#include "host/stages/presented.hpp"
#include "io/atomic_file.hpp"
#include "io/multiqc.hpp"
#include "io/result_tables.hpp"
#include "io/run_json.hpp"

namespace gateless::files {
namespace {

/// Takes out what a finished result holds and the next one may not: it would look like a part of it.
void remove_old_results(const Outcome& outcome) {
  std::error_code ignored;
  const auto is_left_over = [&](const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    return (name == "gates.csv" || name == "part.h5" || name.ends_with(".gating.xml") ||
            name.ends_with(".wsp") || (name.starts_with("events") && name.ends_with(".h5ad"))) &&
           std::none_of(outcome.study.samples.begin(), outcome.study.samples.end(),
                        [&](const Sample& sample) {
                          return std::filesystem::equivalent(path, sample.path, ignored);
                        });
  };
  for (const std::string& folder : {outcome.dir, outcome.dir + "/gates"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (is_left_over(entry.path())) std::filesystem::remove(entry.path(), ignored);
    }
  }
  std::filesystem::remove(outcome.dir + "/gates", ignored);  // if it is empty
}

std::uint64_t total(const StudyAnalysis& study, std::size_t (*count)(const PanelAnalysis&)) {
  std::uint64_t sum = 0;
  for (const PanelAnalysis& panel : study.panels) sum += count(panel);
  return sum;
}

/// Events in the files, kept or not.
std::size_t events_of(const PanelAnalysis& panel) {
  std::size_t events = 0;
  for (const PooledSample& sample : panel.events.samples) events += sample.events;
  return events;
}

/// Name and bytes of each file, in the order of the names.
using FileSizes = std::map<std::string, std::uint64_t>;

/// Those that write_event_files() leaves in a folder of results.
FileSizes event_files_in(const std::string& dir) {
  FileSizes sizes;
  for (const std::string folder : {"", "fcs"}) {
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(dir) / folder, ignored)) {
      const std::string name = entry.path().filename().string();
      const bool is_one =
          !folder.empty() || (name.starts_with("events") && name.ends_with(".h5ad"));
      if (is_one && entry.is_regular_file(ignored))
        sizes[(std::filesystem::path(folder) / name).string()] = entry.file_size(ignored);
    }
  }
  return sizes;
}

/// A name for each choice of event files.
std::string word_of(EventsOutput events) {
  constexpr const char* kWords[] = {"events", "events of panels", "labels of events", "no events"};
  return kWords[static_cast<std::size_t>(events)];
}

std::string piece_of_events(const Outcome& outcome) {
  return word_of(outcome.events) + (outcome.writes_fcs ? " and FCS files" : "");
}

RunRecord record_of(const Outcome& outcome) {
  const StudyAnalysis& study = outcome.study;
  RunRecord record;
  record.command = outcome.command;
  record.inputs.resize(study.samples.size());
  for (const PanelAnalysis& panel : study.panels) {
    for (const PooledSample& sample : panel.events.samples)
      record.inputs[sample.sample] = {study.samples[sample.sample].file, sample.sha256};
  }
  record.counts = {
      {"samples", study.samples.size()},
      {"events", total(study, events_of)},
      {"kept", total(study, [](const PanelAnalysis& one) { return one.events.store.events(); })},
      {"panels", study.panels.size()},
      {"nodes",
       total(study,
             [](const PanelAnalysis& one) { return one.own_map().clustering.codebook.rows(); })},
      {"metaclusters", total(study, [](const PanelAnalysis& one) { return one.clusters.size(); })}};
  record.outputs = asked_outputs(outcome);
  return record;
}

}  // namespace

std::vector<std::string> asked_outputs(const Outcome& outcome) {
  std::vector<std::string> outputs;
  if (outcome.events != EventsOutput::kNone) outputs.push_back(word_of(outcome.events));
  if (!outcome.skips_gates) outputs.emplace_back("gates");
  if (outcome.writes_fcs) outputs.emplace_back("FCS files");
  if (outcome.writes_figures) outputs.emplace_back("figures");
  return outputs;
}

void open_folder(const Outcome& outcome, FolderLock& lock, Progress& progress) {
  const std::string& dir = outcome.dir;
  make_folder(dir);
  lock.take();
  if (std::filesystem::exists(dir + "/run.json")) {
    progress.warn(
        fmt::format("{}: finished results of other inputs or settings are replaced", dir));
    remove_old_results(outcome);
  }
  std::error_code ignored;
  std::filesystem::remove(dir + "/run.json", ignored);
}

void write_event_files(Outcome& outcome, Pieces& pieces, Progress& progress) {
  const std::string piece = piece_of_events(outcome);
  FileSizes whole;
  const bool was_whole = pieces.take(piece, [&](PieceReader& from) { get(from, whole); }) &&
                         whole == event_files_in(outcome.dir);
  if (!was_whole) {
    give_small_blocks_back();
    progress.looks_at(total(outcome.study, events_of), 0);
    if (outcome.events != EventsOutput::kNone) write_events(outcome, progress);
    if (outcome.writes_fcs) write_labelled_files(outcome, outcome.threads);
    pieces.keep(piece, [&](PieceWriter& to) { put(to, event_files_in(outcome.dir)); });
  }
  for (PanelAnalysis& analysis : outcome.study.panels) {
    analysis.events.store.release();
    analysis.plane.events = {};
  }
}

void write_results(const Outcome& outcome, Results& results) {
  add_unassigned(results);
  blank_absent(results);
  round_numbers(results);
  // Where nothing is compared no table of comparisons is left behind.
  const bool is_study = outcome.command == "run" || outcome.command == "combine";
  write_tables(results, outcome.dir, is_study ? EmptyTables::kWritten : EmptyTables::kLeftOut);
  write_columns(embedded::columns_text(), outcome.dir);
  write_multiqc(results, outcome.dir);
  write_report_json(results, outcome.dir);
}

void write_record(const Outcome& outcome, const Results& results) {
  write_report(results, outcome.dir);
  if (outcome.writes_figures) write_figures(results, outcome.dir);
  write_run_json(results, record_of(outcome), outcome.dir);
}

void write_figures(const Results& results, const std::string& dir) {
  make_folder(dir + "/figures");
  for (const PaperFigure& figure : paper_figures(results)) {
    AtomicFile file(fmt::format("{}/figures/{}.svg", dir, figure.name));
    file.write(figure.svg);
    file.commit();
  }
}

void write_report(const Results& results, const std::string& dir) {
  AtomicFile file(dir + "/report.html");
  file.write(render_report(results));
  file.commit();
}

}  // namespace gateless::files
