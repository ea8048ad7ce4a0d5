// The commands that analyse events: run, cluster, map, combine; and report, which renders again.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "host/app/bare_study.hpp"
#include "host/app/commands.hpp"
#include "host/app/resumed_run.hpp"
#include "host/app/session.hpp"
#include "host/core/error.hpp"
#include "host/core/piece_values.hpp"
#include "host/files/configuration.hpp"
#include "host/files/event_reading.hpp"
#include "host/files/folders.hpp"
#include "host/files/gates_output.hpp"
#include "host/files/kept_model.hpp"
#include "host/files/part_folders.hpp"
#include "host/files/result_folder.hpp"
#include "host/stages/batch_shifts.hpp"
#include "host/stages/compare.hpp"
#include "host/stages/describe.hpp"
#include "host/stages/ingest.hpp"
#include "host/stages/level_choices.hpp"
#include "host/stages/mapping.hpp"
#include "host/stages/measure.hpp"
#include "host/stages/study_facts.hpp"
#include "host/stages/train.hpp"
#include "io/knowledge_file.hpp"
#include "io/model_file.hpp"
#include "io/run_json.hpp"
#include "io/study_file.hpp"

namespace gateless::app {
namespace {

Outcome outcome_of(const std::string& command, const Study& study, const std::string& dir,
                   EventsOutput events, const Session& session) {
  Outcome outcome;
  outcome.command = command;
  outcome.dir = dir;
  outcome.configuration = configuration_of(study);
  outcome.seed = study.cluster.seed;
  outcome.events = events;
  outcome.threads = session.threads;
  outcome.study.samples = study.samples;
  check_folder(dir);
  return outcome;
}

/// How the study's files are read, by all ranks.
IngestOptions reading_options(const Study& study, Session& session) {
  IngestOptions options = ingest_options(study, session.threads);
  options.readers = &session.readers;
  return options;
}

/// The samples of the outcome onto the model, nothing is trained.
void map_files(Outcome& outcome, const Model& model, const Study& study, Session& session) {
  bound_memory(session.memory, study.samples);
  StudyAnalysis& found = outcome.study;
  const std::vector<FileSummary> headers = timed(session.console, Stage::kRead, [&] {
    std::vector<FileSummary> summaries;
    for (const Sample& sample : found.samples) summaries.push_back(inspect_file(sample.path));
    return summaries;
  });
  found.panels = map_samples(found.samples, headers, read_sample, model, found.knowledge,
                             reading_options(study, session), *session.backend, session.console);
}

/// Reads, pools and trains; what an interrupted run of the same study has finished is taken from its folder, and what is
/// finished now is kept there. False if all of it is finished already.
bool train_files(Outcome& outcome, const Study& study, UnfinishedRun& unfinished,
                 Session& session) {
  bound_memory(session.memory, study.samples);
  StudyAnalysis& found = outcome.study;
  std::vector<PanelEvents> panels =
      take_samples(outcome, unfinished, session).value_or(std::vector<PanelEvents>());
  const bool are_read = panels.empty();
  if (are_read) {
    panels = ingest(study.samples, read_sample, found.knowledge, reading_options(study, session),
                    *session.backend, session.console);
  }
  check_levels(study, found.knowledge, panels);
  const std::string fingerprint =
      fingerprint_of_model(outcome.configuration, found.knowledge, panels);
  if (is_finished(outcome, fingerprint)) {
    unfinished.remove();
    session.console.say(fmt::format(
        "{}: all of this is finished already; remove the folder to do it again", outcome.dir));
    return false;
  }
  open_folder(outcome, session.lock, session.console);
  const std::vector<PanelModel> trained =
      are_read ? finished_panels(outcome.dir, fingerprint) : std::vector<PanelModel>();
  if (!trained.empty()) {
    session.console.say(fmt::format("resuming: {} panel{} trained already", trained.size(),
                                    trained.size() == 1 ? " is" : "s are"));
  }
  if (are_read) keep_samples(outcome, panels, unfinished, session);
  const AnalysisOptions options{
      .cluster = study.cluster, .threads = session.threads, .levels = study.levels};
  found.panels = train_panels(std::move(panels), trained, found.knowledge, options, unfinished,
                              *session.backend, session.console);
  if (trained.empty()) keep_model(outcome, fingerprint);
  return true;
}

/// The tables that need no comparison.
Results describe_events(const Outcome& outcome, Session& session) {
  Results results = timed(session.console, Stage::kWrite,
                          [&] { return describe(outcome.study, session.threads); });
  const std::string shifts = shifts_in_words(results.qc);
  if (!shifts.empty()) session.console.warn(shifts);
  return results;
}

void add_measured(const Outcome& outcome, const Study& study, Results& results, Session& session) {
  Measured measured = timed(session.console, Stage::kMeasure, [&] {
    describe_study(study, outcome.study.knowledge, results);
    return measure(outcome.study, study.compare, session.threads);
  });
  results.abundance = std::move(measured.abundance);
  results.implausible = std::move(measured.implausible);
  results.marker_medians = std::move(measured.marker_medians);
}

void add_compared(const Outcome& outcome, const Study& study, Results& results, Session& session) {
  Compared compared = timed(session.console, Stage::kCompare, [&] {
    return compare(outcome.study, study, results.abundance, results.marker_medians, results.primary,
                   session.console);
  });
  results.patients = std::move(compared.patients);
  results.changes = std::move(compared.changes);
  results.marker_changes = std::move(compared.marker_changes);
  results.noise = compared.noise;
  results.abnormal = std::move(compared.abnormal);
  results.limits = std::move(compared.limits);
}

void write_events(Outcome& outcome, Pieces& pieces, Session& session) {
  timed(session.console, Stage::kWrite,
        [&] { write_event_files(outcome, pieces, session.console); });
}

/// After the events are written: gates are counted in the files, one after the other, and need none of the pool's values.
void add_gates(const Outcome& outcome, Results& results, Pieces& pieces, Session& session) {
  if (outcome.skips_gates) return;
  results.gates = timed(session.console, Stage::kWrite, [&] {
    return finished(pieces, "gates", [&] {
      return tell_gates(outcome, results.abnormal, session.threads, session.console);
    });
  });
}

/// From called events to everything that a study leaves behind.
void finish_study(Outcome& outcome, const Study& study, Pieces& pieces, Session& session) {
  Results results = finished(pieces, "results", [&] {
    Results told = describe_events(outcome, session);
    add_measured(outcome, study, told, session);
    add_compared(outcome, study, told, session);
    return told;
  });
  write_events(outcome, pieces, session);
  add_gates(outcome, results, pieces, session);
  finish(session, outcome, std::move(results));
  session.console.say(fmt::format("report: {}/report.html", outcome.dir));
}

/// `run --model`: the study's samples on a map that was trained before.
void run_on_model(const std::string& path, Outcome& outcome, const Study& study, Session& session) {
  check_no_levels(study);
  const Model model = read_model(path);
  outcome.study.knowledge = parse_knowledge(model.knowledge, path);
  if (!study.knowledge_paths.empty())
    session.console.warn("the knowledge of the model is used, not the study's");
  check_primary(study, outcome.study.knowledge);
  map_files(outcome, model, study, session);
  open_folder(outcome, session.lock, session.console);
  write_model(model, outcome.dir + "/model.h5");
  Pieces none;
  finish_study(outcome, study, none, session);
}

}  // namespace

void execute(const RunCommand& command, Ranks& ranks) {
  Session session(command.shared, command.out, ranks);
  Study study = read_study(command.study);
  study.cluster.seed = command.shared.seed.value_or(study.cluster.seed);
  for (const std::string& warning : study.warnings) session.console.warn(warning);
  Outcome outcome = outcome_of("run", study, command.out, command.events, session);
  outcome.writes_fcs = command.writes_fcs;
  outcome.writes_figures = command.writes_figures;
  outcome.skips_gates = command.skips_gates;
  if (!command.model.empty()) return run_on_model(command.model, outcome, study, session);

  outcome.study.knowledge =
      study.knowledge_paths.empty() ? shipped_knowledge() : read_knowledge(study.knowledge_paths);
  check_primary(study, outcome.study.knowledge);
  UnfinishedRun unfinished = unfinished_run(command.out, session);
  if (!train_files(outcome, study, unfinished, session)) return;
  finish_study(outcome, study, unfinished, session);
  unfinished.remove();
}

void execute(const ClusterCommand& command, Ranks& ranks) {
  Session session(command.shared, command.out, ranks);
  const Study study = study_of(command);
  Outcome outcome = outcome_of("cluster", study, command.out, command.events, session);
  outcome.writes_fcs = command.writes_fcs;
  outcome.skips_gates = true;
  outcome.study.knowledge = names_only(shipped_knowledge());
  UnfinishedRun unfinished = unfinished_run(command.out, session);
  if (!train_files(outcome, study, unfinished, session)) return;
  Results results = describe_events(outcome, session);
  results.study = study.name;
  write_events(outcome, unfinished, session);
  finish(session, outcome, std::move(results));
  unfinished.remove();
  session.console.say(fmt::format("report: {}/report.html", command.out));
}

void execute(const MapCommand& command, Ranks& ranks) {
  Session session(command.shared, command.out, ranks);
  const Model model = read_model(command.model);
  const bool is_named =
      std::any_of(model.panels.begin(), model.panels.end(),
                  [](const PanelModel& panel) { return !panel.subset_model.empty(); });
  Study study;
  study.name = "mapped onto " + std::filesystem::path(command.model).filename().string();
  Outcome outcome = outcome_of("map", study, command.out, command.events, session);
  outcome.configuration = model.configuration;
  outcome.seed = model.seed;
  outcome.writes_fcs = command.writes_fcs;
  outcome.skips_gates = command.skips_gates || !is_named;
  outcome.study.knowledge = parse_knowledge(model.knowledge, command.model);
  if (!is_named) {  // of `cluster`, which takes files as they are unless it was told otherwise
    outcome.study.knowledge = names_only(std::move(outcome.study.knowledge));
    read_files_as(model.configuration, study);
  }
  study.samples = samples_to_map(command, session.console);
  study.marker_overrides = command.marker_overrides;
  outcome.study.samples = study.samples;
  map_files(outcome, model, study, session);

  open_folder(outcome, session.lock, session.console);
  Results results = describe_events(outcome, session);
  if (is_named) add_measured(outcome, study, results, session);
  results.study = study.name;
  timed(session.console, Stage::kWrite, [&] { write_part_of(outcome, model); });
  Pieces none;
  write_events(outcome, none, session);
  add_gates(outcome, results, none, session);
  finish(session, outcome, std::move(results));
}

void execute(const CombineCommand& command, Ranks& ranks) {
  Session session(command.shared, command.out, ranks);
  const Study study = read_study(command.study, SheetFiles::kMayBeElsewhere);
  check_no_levels(study);
  for (const std::string& warning : study.warnings) session.console.warn(warning);
  check_read_as_map_does(study);
  Outcome outcome = outcome_of("combine", study, command.out, command.events, session);
  outcome.skips_gates = true;  // they are counted in the files, which parts do not hold
  bound_memory(session.memory, study.samples);
  std::vector<NamedPart> parts =
      timed(session.console, Stage::kRead, [&] { return read_parts(command.parts); });
  const std::string path = command.parts.front() + "/model.h5";
  const Model model = read_model(path);
  StudyAnalysis& found = outcome.study;
  found.knowledge = parse_knowledge(model.knowledge, path);
  found.panels = map_parts(found.samples, std::move(parts), model, found.knowledge, session.threads,
                           *session.backend, session.console);
  check_primary(study, found.knowledge);
  open_folder(outcome, session.lock, session.console);
  Pieces none;
  finish_study(outcome, study, none, session);
}

void execute(const ReportCommand& command, Ranks& /*ranks*/) {
  const FolderLock lock(command.dir);
  const Results results = read_results(command.dir);
  write_report(results, command.dir);
  if (command.writes_figures) write_figures(results, command.dir);
}

}  // namespace gateless::app
