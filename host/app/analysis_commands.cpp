// The commands that analyse events: run, cluster and map.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "host/annotate/channel_naming.hpp"
#include "host/app/commands.hpp"
#include "host/app/configuration.hpp"
#include "host/app/embedded.hpp"
#include "host/app/folder_lock.hpp"
#include "host/app/measure.hpp"
#include "host/app/outcome.hpp"
#include "host/compute/ranked_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/parallel.hpp"
#include "io/inspect.hpp"
#include "io/knowledge_file.hpp"
#include "io/model_file.hpp"
#include "io/run_json.hpp"
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

/// The model that an interrupted run of the same inputs and configuration left behind.
std::optional<Model> left_behind(const std::string& dir, const std::string& fingerprint) {
  const std::string path = dir + "/model.h5";
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    Model model = read_model(path);
    if (model.fingerprint == fingerprint) return model;
  } catch (const InputError&) {
    // Not a model of this program: it will be replaced.
  }
  return std::nullopt;
}

std::vector<PanelAnalysis> train_panels(std::vector<PanelEvents>&& panels,
                                        const Knowledge& knowledge, const AnalysisOptions& options,
                                        Backend& backend, Console& console) {
  std::vector<PanelAnalysis> analyses;
  std::uint32_t next = 1;
  for (PanelEvents& panel : panels) {
    analyses.push_back(analyse_panel(std::move(panel), knowledge, options, backend, next, console));
    next += static_cast<std::uint32_t>(analyses.back().clusters.size());
  }
  return analyses;
}

/// Trains, or takes the maps of an interrupted run of the same study, and leaves model.h5 behind at once.
void analyse(Outcome& outcome, std::vector<PanelEvents>&& panels, const Study& study,
             std::size_t threads, Backend& backend, Console& console) {
  const AnalysisOptions options{.cluster = study.cluster, .threads = threads};
  const std::string fingerprint = fingerprint_of(outcome.configuration, outcome.knowledge, panels);
  if (const std::optional<Model> model = left_behind(outcome.dir, fingerprint)) {
    console.say("an interrupted run of the same study goes on with its model.h5");
    for (std::size_t panel = 0; panel < panels.size(); ++panel) {
      outcome.analyses.push_back(map_panel(std::move(panels[panel]), model->panels[panel],
                                           outcome.knowledge, options, backend, console));
    }
    return;
  }
  outcome.analyses = train_panels(std::move(panels), outcome.knowledge, options, backend, console);
  write_model(freeze_all(outcome, fingerprint), outcome.dir + "/model.h5");
}

/// Marks the folder as unfinished until its new run.json is written.
void open_folder(const std::string& dir, FolderLock& lock, Console& console) {
  make_folder(dir);
  lock.take();
  if (std::filesystem::exists(dir + "/run.json")) {
    console.warn(fmt::format("{}: finished results of other inputs or settings are replaced", dir));
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
        "{}: 'primary' of compare: '{}' is no subset of the knowledge file (its result would be "
        "missing){}; use the id of a subset or a sum",
        study.path, word, did_you_mean(word, known)));
  }
}

/// True when the folder holds the finished results of this very study.
bool is_finished(const Outcome& outcome, const std::vector<PanelEvents>& panels) {
  return std::filesystem::exists(outcome.dir + "/run.json") &&
         left_behind(outcome.dir, fingerprint_of(outcome.configuration, outcome.knowledge, panels))
             .has_value();
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

  Outcome outcome;
  outcome.command = "run";
  outcome.dir = command.out;
  outcome.configuration = configuration_of(study);
  outcome.seed = study.cluster.seed;
  outcome.events = command.events;
  outcome.knowledge =
      study.knowledge_paths.empty() ? shipped_knowledge() : read_knowledge(study.knowledge_paths);
  outcome.samples = study.samples;
  check_primary(study, outcome.knowledge);
  check_folder(outcome.dir);

  std::vector<PanelEvents> panels =
      ingest(study.samples, outcome.knowledge, ingest_options(study, threads), *backend, console);
  if (is_finished(outcome, panels)) {
    console.say(fmt::format("{}: this study is finished already; remove the folder to do it again",
                            command.out));
    return;
  }
  open_folder(outcome.dir, lock, console);
  analyse(outcome, std::move(panels), study, threads, *backend, console);
  Results results = describe(outcome, *backend);
  warn_of_shifts(results, console);
  measure(outcome, study, results, console);
  compare(outcome, study, results, console);
  write_outcome(outcome, std::move(results), console);
  console.say(fmt::format("report: {}/report.html", command.out));
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
  outcome.knowledge = names_only(shipped_knowledge());
  outcome.samples = study.samples;
  check_folder(outcome.dir);

  std::vector<PanelEvents> panels =
      ingest(study.samples, outcome.knowledge, ingest_options(study, threads), *backend, console);
  open_folder(outcome.dir, lock, console);
  analyse(outcome, std::move(panels), study, threads, *backend, console);
  Results results = describe(outcome, *backend);
  warn_of_shifts(results, console);
  results.study = study.name;
  write_outcome(outcome, std::move(results), console);
  console.say(fmt::format("report: {}/report.html", command.out));
}

namespace {

/// Files by the model's panel that they fit; a file that fits none is an error.
std::vector<std::vector<std::string>> files_by_panel(const std::vector<std::string>& files,
                                                     const Model& model,
                                                     const Knowledge& knowledge) {
  std::vector<std::vector<std::string>> by_panel(model.panels.size());
  std::string errors;
  for (const std::string& file : files) {
    const FileSummary summary = inspect_file(file);
    std::vector<std::string> markers;
    const Panel named = name_channels(summary.channels, knowledge, {}, summary.cytometer);
    for (const PanelChannel& channel : named.markers()) markers.push_back(channel.marker);
    if (!named.side_scatter().empty()) markers.push_back(named.side_scatter());
    const auto fits = [&](const PanelModel& panel) {
      return std::all_of(
          panel.markers.begin(), panel.markers.end(), [&](const std::string& marker) {
            return std::find(markers.begin(), markers.end(), marker) != markers.end();
          });
    };
    const auto panel = std::find_if(model.panels.begin(), model.panels.end(), fits);
    if (panel != model.panels.end()) {
      by_panel[static_cast<std::size_t>(panel - model.panels.begin())].push_back(file);
    } else if (!summary.readable && !summary.problems.empty()) {
      errors += (errors.empty() ? "" : "\n          ") + summary.problems.front();
    } else {
      errors += fmt::format(
          "{}{}: lacks markers of the model (nothing can be mapped); it has {}, the model {}",
          errors.empty() ? "" : "\n          ", file, fmt::join(markers, ", "),
          fmt::join(model.panels.front().markers, ", "));
    }
  }
  if (!errors.empty()) throw InputError(errors);
  return by_panel;
}

}  // namespace

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
  outcome.knowledge = parse_knowledge(model.knowledge, command.model);
  check_folder(outcome.dir);

  IngestOptions options = ingest_options(study, threads_of(command.shared));
  const AnalysisOptions analysis{.cluster = {}, .threads = options.threads};
  const auto by_panel = files_by_panel(command.files, model, outcome.knowledge);
  for (std::size_t panel = 0; panel < model.panels.size(); ++panel) {
    if (by_panel[panel].empty()) continue;
    std::vector<Sample> samples;
    for (const std::string& file : by_panel[panel]) {
      Sample& sample = samples.emplace_back();
      sample.file = file;
      sample.path = file;
    }
    options.frozen = &model.panels[panel];
    std::vector<PanelEvents> events =
        ingest(samples, outcome.knowledge, options, *backend, console);
    for (PooledSample& pooled : events.front().samples) pooled.sample += outcome.samples.size();
    outcome.samples.insert(outcome.samples.end(), samples.begin(), samples.end());
    outcome.analyses.push_back(map_panel(std::move(events.front()), model.panels[panel],
                                         outcome.knowledge, analysis, *backend, console));
  }
  study.samples = outcome.samples;

  open_folder(outcome.dir, lock, console);
  Results results = describe(outcome, *backend);
  warn_of_shifts(results, console);
  measure(outcome, study, results, console);
  write_outcome(outcome, std::move(results), console);
}

void execute(const ReportCommand& command, Ranks& /*ranks*/) {
  const FolderLock lock(command.dir);
  write_report(read_results(command.dir), command.dir);
}

}  // namespace gateless
