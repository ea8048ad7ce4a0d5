// The commands that analyse events: run, cluster and map.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "host/app/commands.hpp"
#include "host/app/configuration.hpp"
#include "host/app/embedded.hpp"
#include "host/app/folder_lock.hpp"
#include "host/app/frozen.hpp"
#include "host/app/gates_output.hpp"
#include "host/app/labelled_files.hpp"
#include "host/app/level_choices.hpp"
#include "host/app/measure.hpp"
#include "host/app/outcome.hpp"
#include "host/compute/ranked_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/parallel.hpp"
#include "io/knowledge_file.hpp"
#include "io/model_file.hpp"
#include "io/run_json.hpp"
#include "io/sample_sheet.hpp"
#include "io/study_file.hpp"

namespace gateless {
namespace {

std::size_t threads_of(const SharedOptions& shared) {
  return shared.compute.threads == 0 ? hardware_threads() : shared.compute.threads;
}

/// The backend that was asked for; says what computes, and why no GPU does where that was left to the program.
std::unique_ptr<Backend> choose_backend(const SharedOptions& shared, Ranks& ranks,
                                        Console& console) {
  BackendOptions compute = shared.compute;
  compute.warn = [&console](const std::string& what) { console.warn(what); };
  std::unique_ptr<Backend> backend = make_ranked_backend(ranks, shared.backend, compute);
  std::string why;
  for (const BackendInfo& info : list_backends()) {
    if (shared.backend == "auto" && info.name == "cuda" && !info.available)
      why = fmt::format("; no GPU: {}", info.reason);
  }
  console.say(fmt::format("computing on {} ({}){}", backend->name(), backend->device(), why));
  return backend;
}

Knowledge shipped_knowledge() { return parse_knowledge(embedded::knowledge_text(), "pbmc.yaml"); }

/// Markers and channel names only: what bare clustering needs to read a panel.
Knowledge names_only(Knowledge knowledge) {
  knowledge.subsets.clear();
  knowledge.composites.clear();
  return knowledge;
}

IngestOptions ingest_options(const Study& study, std::size_t threads) {
  IngestOptions options;
  options.transform = study.transform;
  options.compensate = study.compensate;
  options.clean = study.clean;
  options.marker_overrides = study.marker_overrides;
  options.threads = threads;
  return options;
}

/// Panels that are finished while others of the study are not; model.h5 has all of them.
constexpr const char* kFinishedPanels = "/finished_panels.h5";

/// What an interrupted run of the same inputs and configuration left behind in one file.
std::optional<Model> left_behind(const std::string& path, const std::string& fingerprint) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    Model model = read_model(path);
    if (model.fingerprint == fingerprint) return model;
  } catch (const InputError&) {
    // Not a model of this program: it will be replaced.
  }
  return std::nullopt;
}

/// Trains, or takes the panels that an interrupted run of the same study has finished, and keeps each as soon as it is done.
void analyse(Outcome& outcome, std::vector<PanelEvents>&& panels, const Study& study,
             std::size_t threads, Backend& backend, Console& console) {
  const AnalysisOptions options{
      .cluster = study.cluster, .threads = threads, .levels = study.levels};
  const std::string fingerprint = fingerprint_of(outcome.configuration, outcome.knowledge, panels);
  const std::string finished = outcome.dir + kFinishedPanels;
  std::optional<Model> model = left_behind(outcome.dir + "/model.h5", fingerprint);
  if (!model) model = left_behind(finished, fingerprint);
  const std::size_t done = model ? std::min(panels.size(), model->panels.size()) : 0;
  if (done > 0) {
    console.say(fmt::format("resuming an interrupted run of this study: {} of {} panel{} finished",
                            done, panels.size(), panels.size() == 1 ? " is" : "s are"));
  }
  std::uint32_t next = 1;
  for (std::size_t panel = 0; panel < panels.size(); ++panel) {
    PanelEvents& events = panels[panel];
    outcome.analyses.push_back(
        panel < done
            ? map_panel(std::move(events), model->panels[panel], outcome.knowledge, options,
                        backend, console)
            : analyse_panel(std::move(events), outcome.knowledge, options, backend, next, console));
    warn_of_blind_markers(outcome.analyses.back(), console);
    next += static_cast<std::uint32_t>(outcome.analyses.back().clusters.size());
    if (panel < done) continue;
    const bool is_last = panel + 1 == panels.size();
    write_model(freeze_all(outcome, fingerprint), is_last ? outcome.dir + "/model.h5" : finished);
  }
  std::error_code ignored;
  std::filesystem::remove(finished, ignored);
}

/// Takes out what a finished result holds and the next one may not: it would look like a part of it.
void remove_old_results(const Outcome& outcome) {
  std::error_code ignored;
  const auto is_left_over = [&](const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    return (name == "gates.csv" || name == "part.h5" || name.ends_with(".gating.xml") ||
            name.ends_with(".wsp") || (name.starts_with("events") && name.ends_with(".h5ad"))) &&
           std::none_of(outcome.samples.begin(), outcome.samples.end(), [&](const Sample& sample) {
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

/// Marks the folder as unfinished until its new run.json is written.
void open_folder(const Outcome& outcome, FolderLock& lock, Console& console) {
  const std::string& dir = outcome.dir;
  make_folder(dir);
  lock.take();
  if (std::filesystem::exists(dir + "/run.json")) {
    console.warn(fmt::format("{}: finished results of other inputs or settings are replaced", dir));
    remove_old_results(outcome);
  }
  std::error_code ignored;
  std::filesystem::remove(dir + "/run.json", ignored);
}

void warn_of_shifts(const Results& results, Console& console) {
  const std::string shifts = shifts_in_words(results.qc);
  if (!shifts.empty()) console.warn(shifts);
}

/// compare: primary names subsets and sums of the knowledge file.
void check_primary(const Study& study, const Knowledge& knowledge) {
  std::vector<std::string> known;
  for (const KnownSubset& subset : knowledge.subsets) known.push_back(subset.id);
  for (const KnownComposite& composite : knowledge.composites) known.push_back(composite.id);
  for (const std::string& word : study.compare.primary) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    throw InputError(fmt::format(
        "{}: 'primary' of compare: '{}' is not a subset of the knowledge file (its result would be "
        "missing){}; use the id of a subset or a sum",
        study.path, word, did_you_mean(word, known)));
  }
}

/// True when the folder holds the finished results of this very study.
bool is_finished(const Outcome& outcome, const std::vector<PanelEvents>& panels) {
  return std::filesystem::exists(outcome.dir + "/run.json") &&
         (!outcome.writes_fcs || has_labelled_files(outcome.dir)) &&
         (!outcome.writes_figures || std::filesystem::exists(outcome.dir + "/figures")) &&
         left_behind(outcome.dir + "/model.h5",
                     fingerprint_of(outcome.configuration, outcome.knowledge, panels))
             .has_value();
}

Outcome outcome_of(const std::string& command, const Study& study, const std::string& dir,
                   EventsOutput events) {
  Outcome outcome;
  outcome.command = command;
  outcome.dir = dir;
  outcome.configuration = configuration_of(study);
  outcome.seed = study.cluster.seed;
  outcome.events = events;
  outcome.samples = study.samples;
  return outcome;
}

/// From called events to everything that a study leaves behind.
void finish(const Outcome& outcome, const Study& study, const Backend& backend, Console& console) {
  Results results = describe(outcome, backend);
  warn_of_shifts(results, console);
  measure(outcome, study, results, console);
  compare(outcome, study, results, console);
  if (!outcome.skips_gates) tell_gates(outcome, results, outcome.threads, console);
  write_outcome(outcome, std::move(results), console);
  console.say(fmt::format("report: {}/report.html", outcome.dir));
}

/// `run --model`: the study's samples on a map that was trained before.
void run_on_model(const std::string& path, Outcome& outcome, const Study& study, FolderLock& lock,
                  Backend& backend, Console& console) {
  const Model model = read_model(path);
  outcome.knowledge = parse_knowledge(model.knowledge, path);
  if (!study.knowledge_paths.empty())
    console.warn("the knowledge of the model is used, not the study's");
  check_primary(study, outcome.knowledge);
  map_samples(outcome, model, ingest_options(study, outcome.threads), backend, console);
  open_folder(outcome, lock, console);
  write_model(model, outcome.dir + "/model.h5");
  finish(outcome, study, backend, console);
}

/// A model's borders were learned with it.
void check_no_levels(const Study& study) {
  if (study.levels.empty()) return;
  throw InputError(fmt::format(
      "{}:{}: levels: the borders of a model hold as it was trained; remove the entry, or train "
      "with it: run without --model",
      study.path, study.levels.front().line));
}

/// `map` has no study file: events were read with the defaults.
void check_read_as_map_does(const Study& study) {
  if (study.clean == CleanChoice{} && study.compensate && study.marker_overrides.empty()) return;
  throw InputError(fmt::format(
      "{}: 'clean', 'compensate' or 'panel' is set, but map read the parts without them (the "
      "result would not be the study's); use run --model instead",
      study.path));
}

/// Files of the command line, or the rows of a sample sheet.
std::vector<Sample> samples_to_map(const MapCommand& command, Console& console) {
  if (command.files.empty() == command.sheet.empty())
    throw UsageError("map needs files or --samples with a sample sheet, and not both");
  if (!command.sheet.empty()) {
    SampleSheet sheet = read_sample_sheet(command.sheet);
    for (const std::string& warning : sheet.warnings) console.warn(warning);
    return std::move(sheet.samples);
  }
  std::vector<Sample> samples;
  for (const std::string& file : command.files) {
    Sample& sample = samples.emplace_back();
    sample.file = file;
    sample.path = file;
  }
  return samples;
}

/// "PE-A=CD27" -> what `panel` of a study file says.
std::map<std::string, std::string> overrides_of(const std::vector<std::string>& panel) {
  std::map<std::string, std::string> overrides;
  for (const std::string& word : panel) {
    const std::size_t equals = word.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size())
      throw UsageError(
          fmt::format("--panel {}: should be CHANNEL=MARKER, e.g. --panel PE-A=CD27", word));
    overrides[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return overrides;
}

}  // namespace

void execute(const RunCommand& command, Ranks& ranks) {
  Console console(command.shared.is_quiet, command.shared.log_level);
  FolderLock lock(command.out);
  const std::unique_ptr<Backend> backend = choose_backend(command.shared, ranks, console);
  const std::size_t threads = threads_of(command.shared);
  Study study = read_study(command.study);
  study.cluster.seed = command.shared.seed.value_or(study.cluster.seed);
  for (const std::string& warning : study.warnings) console.warn(warning);

  Outcome outcome = outcome_of("run", study, command.out, command.events);
  outcome.writes_fcs = command.writes_fcs;
  outcome.writes_figures = command.writes_figures;
  outcome.skips_gates = command.skips_gates;
  outcome.threads = threads;
  check_folder(outcome.dir);
  if (!command.model.empty()) {
    check_no_levels(study);
    run_on_model(command.model, outcome, study, lock, *backend, console);
    return;
  }
  outcome.knowledge =
      study.knowledge_paths.empty() ? shipped_knowledge() : read_knowledge(study.knowledge_paths);
  check_primary(study, outcome.knowledge);

  std::vector<PanelEvents> panels =
      ingest(study.samples, outcome.knowledge, ingest_options(study, threads), *backend, console);
  check_levels(study, outcome.knowledge, panels);
  if (is_finished(outcome, panels)) {
    console.say(fmt::format("{}: this study is finished already; remove the folder to do it again",
                            command.out));
    return;
  }
  open_folder(outcome, lock, console);
  analyse(outcome, std::move(panels), study, threads, *backend, console);
  finish(outcome, study, *backend, console);
}

void execute(const ClusterCommand& command, Ranks& ranks) {
  Console console(command.shared.is_quiet, command.shared.log_level);
  FolderLock lock(command.out);
  const std::unique_ptr<Backend> backend = choose_backend(command.shared, ranks, console);
  const std::size_t threads = threads_of(command.shared);
  const Study study = study_of(command);

  Outcome outcome;
  outcome.command = "cluster";
  outcome.dir = command.out;
  outcome.configuration = configuration_of(study);
  outcome.seed = study.cluster.seed;
  outcome.events = command.events;
  outcome.writes_fcs = command.writes_fcs;
  outcome.threads = threads_of(command.shared);
  outcome.knowledge = names_only(shipped_knowledge());
  outcome.samples = study.samples;
  check_folder(outcome.dir);

  std::vector<PanelEvents> panels =
      ingest(study.samples, outcome.knowledge, ingest_options(study, threads), *backend, console);
  open_folder(outcome, lock, console);
  analyse(outcome, std::move(panels), study, threads, *backend, console);
  Results results = describe(outcome, *backend);
  warn_of_shifts(results, console);
  results.study = study.name;
  write_outcome(outcome, std::move(results), console);
  console.say(fmt::format("report: {}/report.html", command.out));
}

void execute(const MapCommand& command, Ranks& ranks) {
  Console console(command.shared.is_quiet, command.shared.log_level);
  FolderLock lock(command.out);
  const std::unique_ptr<Backend> backend = choose_backend(command.shared, ranks, console);
  const Model model = read_model(command.model);
  Study study;
  study.name = "mapped onto " + std::filesystem::path(command.model).filename().string();

  Outcome outcome;
  outcome.command = "map";
  outcome.dir = command.out;
  outcome.configuration = model.configuration;
  outcome.seed = model.seed;
  outcome.events = command.events;
  outcome.writes_fcs = command.writes_fcs;
  outcome.threads = threads_of(command.shared);
  outcome.knowledge = parse_knowledge(model.knowledge, command.model);
  const bool is_named =
      std::any_of(model.panels.begin(), model.panels.end(),
                  [](const PanelModel& panel) { return !panel.subset_model.empty(); });
  if (!is_named) {  // of `cluster`, which takes files as they are unless it was told otherwise
    outcome.knowledge = names_only(std::move(outcome.knowledge));
    read_files_as(model.configuration, study);
  }
  check_folder(outcome.dir);

  outcome.samples = samples_to_map(command, console);
  study.marker_overrides = overrides_of(command.panel);
  map_samples(outcome, model, ingest_options(study, threads_of(command.shared)), *backend, console);
  study.samples = outcome.samples;

  open_folder(outcome, lock, console);
  Results results = describe(outcome, *backend);
  warn_of_shifts(results, console);
  if (is_named) measure(outcome, study, results, console);
  results.study = study.name;
  if (is_named && !command.skips_gates) tell_gates(outcome, results, outcome.threads, console);
  write_part_of(outcome, model);
  write_outcome(outcome, std::move(results), console);
}

void execute(const CombineCommand& command, Ranks& ranks) {
  Console console(command.shared.is_quiet, command.shared.log_level);
  FolderLock lock(command.out);
  const std::unique_ptr<Backend> backend = choose_backend(command.shared, ranks, console);
  const Study study = read_study(command.study, SheetFiles::kMayBeElsewhere);
  check_no_levels(study);
  for (const std::string& warning : study.warnings) console.warn(warning);
  check_read_as_map_does(study);
  Outcome outcome = outcome_of("combine", study, command.out, command.events);
  outcome.skips_gates = true;  // they are counted in the files, which parts do not hold
  outcome.threads = threads_of(command.shared);
  check_folder(outcome.dir);
  map_parts(outcome, command.parts, outcome.threads, *backend, console);
  check_primary(study, outcome.knowledge);
  open_folder(outcome, lock, console);
  finish(outcome, study, *backend, console);
}

void execute(const ReportCommand& command, Ranks& /*ranks*/) {
  const FolderLock lock(command.dir);
  const Results results = read_results(command.dir);
  write_report(results, command.dir);
  if (command.writes_figures) write_figures(results, command.dir);
}

}  // namespace gateless
