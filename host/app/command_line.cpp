#include "host/app/command_line.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "host/app/embedded.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/study_words.hpp"

namespace gateless {
namespace {

/// The value of an option, or a UsageError that names what the option takes.
template <class Value>
Value required(const std::optional<Value>& value, const std::string& option,
               const std::string& text, const std::string& takes) {
  if (value) return *value;
  throw UsageError(fmt::format("{} {}: not understood; it takes {}", option, text, takes));
}

EventsOutput parse_events(const std::string& text) {
  if (text == "labels") return EventsOutput::kLabels;
  return text == "none" ? EventsOutput::kNone : EventsOutput::kFull;
}

void add_shared(CLI::App& app, SharedOptions& shared) {
  app.add_option("--backend", shared.backend, "what computes a pass: auto, cpu, cuda, reference")
      ->capture_default_str();
  app.add_option("--threads", shared.compute.threads, "threads (default: all cores)")
      ->check(CLI::Range(1, 4096));
  app.add_option("--devices", shared.compute.devices, "GPUs by number, e.g. 0,1")->delimiter(',');
  app.add_option("--memory", shared.compute.memory_gib, "upper bound for resident events, GiB")
      ->check(CLI::PositiveNumber);
  app.add_option("--tile", shared.compute.tile_events,
                 "events that travel together (never changes a result; default: chosen)")
      ->check(CLI::Range(1, 1 << 30));
  app.add_option("--seed", shared.seed, "seed of everything random");
  app.add_flag("--quiet", shared.is_quiet, "no progress on stderr");
  app.add_option("--log-level", shared.log_level, "trace, debug, info, warning, error, off")
      ->capture_default_str();
}

/// Everything the options are parsed into; alive while CLI11 holds references to it.
struct Parsed {
  RunCommand run;
  ClusterCommand cluster;
  MapCommand map;
  InspectCommand inspect;
  SimulateCommand simulate;
  ReportCommand report;
  std::string grid = "16x16";
  std::string transform = "auto";
  std::string metaclusters = "auto";
  std::string algorithm = "som";
  std::string compensate = "auto";
  std::string clean = "none";
  std::string events = "full";
};

void add_out(CLI::App& app, std::string& out) {
  app.add_option("--out,-o", out, "folder for the results (made if missing)")->required();
}

void add_events(CLI::App& app, std::string& events) {
  app.add_option("--events", events, "events.h5ad: full (with values), labels, none")
      ->check(CLI::IsMember({"full", "labels", "none"}))
      ->capture_default_str();
}

void add_run(CLI::App& app, Parsed& parsed) {
  CLI::App* run = app.add_subcommand("run", "the whole analysis of a study");
  run->add_option("STUDY", parsed.run.study, "study file (YAML)")->required();
  add_out(*run, parsed.run.out);
  add_events(*run, parsed.events);
  add_shared(*run, parsed.run.shared);
  run->footer("Example: gateless run study.yaml --out result");
}

void add_cluster(CLI::App& app, Parsed& parsed) {
  CLI::App* cluster = app.add_subcommand(
      "cluster", "pool, transform and cluster files; no sample sheet, no knowledge");
  cluster->add_option("FILE", parsed.cluster.files, "FCS, CSV or .h5ad files")->required();
  add_out(*cluster, parsed.cluster.out);
  cluster->add_option("--algorithm", parsed.algorithm, "som or kmeans")->capture_default_str();
  cluster->add_option("--grid", parsed.grid, "size of the map, WIDTHxHEIGHT")
      ->capture_default_str();
  cluster->add_option("--nodes", parsed.cluster.cluster.nodes, "number of nodes (k-means)")
      ->check(CLI::Range(1, static_cast<int>(kMaxNodes)))
      ->capture_default_str();
  cluster->add_option("--metaclusters", parsed.metaclusters, "a number, or auto")
      ->capture_default_str();
  cluster->add_option("--epochs", parsed.cluster.cluster.epochs, "passes over all events")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  cluster
      ->add_option("--markers", parsed.cluster.cluster.markers,
                   "cluster on these (marker or channel names)")
      ->delimiter(',');
  cluster->add_option("--transform", parsed.transform, "auto, arcsinh:COFACTOR, logicle, none")
      ->capture_default_str();
  cluster->add_option("--compensate", parsed.compensate, "auto (the file's spillover) or none")
      ->check(CLI::IsMember({"auto", "none"}))
      ->capture_default_str();
  cluster
      ->add_option("--clean", parsed.clean,
                   "none: cluster every event; auto: drop doublets, debris, dead cells ... first")
      ->check(CLI::IsMember({"auto", "none"}))
      ->capture_default_str();
  add_events(*cluster, parsed.events);
  add_shared(*cluster, parsed.cluster.shared);
  cluster->footer("Example: gateless cluster donor1.fcs donor2.fcs --out clusters --grid 12x12");
}

void add_map(CLI::App& app, Parsed& parsed) {
  CLI::App* map =
      app.add_subcommand("map", "archived or new samples onto a frozen model: no retraining");
  map->add_option("MODEL", parsed.map.model, "model.h5 of an earlier run")->required();
  map->add_option("FILE", parsed.map.files, "FCS, CSV or .h5ad files")->required();
  add_out(*map, parsed.map.out);
  add_events(*map, parsed.events);
  add_shared(*map, parsed.map.shared);
  map->footer("Example: gateless map result/model.h5 archive/*.fcs --out mapped");
}

void add_small_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* inspect = app.add_subcommand(
      "inspect", "what is in these files, and what run would make of them and say of them");
  inspect->add_option("PATH", parsed.inspect.paths, "files, or folders to be searched")->required();
  inspect->add_flag("--json", parsed.inspect.is_json, "for programs");
  inspect->add_flag("--quick", parsed.inspect.is_quick,
                    "headers alone: events are not looked at, nor files compared");
  inspect->footer("Example: gateless inspect archive/ --json");

  CLI::App* simulate = app.add_subcommand("simulate", "a made-up trial with the truth beside it");
  add_out(*simulate, parsed.simulate.out);
  simulate->add_option("--patients", parsed.simulate.patients, "patients with active lupus")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  simulate->add_option("--controls", parsed.simulate.controls, "healthy controls")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  simulate->add_option("--panels", parsed.simulate.panels, "B, T or both")
      ->delimiter(',')
      ->check(CLI::IsMember({"B", "T"}))
      ->capture_default_str();
  simulate
      ->add_option("--events-per-file", parsed.simulate.events,
                   "the same number for all files (default: 100,000 to 500,000)")
      ->check(CLI::Range(100, 100'000'000));
  simulate->add_flag("--no-changes", parsed.simulate.is_null,
                     "every patient stays as at baseline: what is called is called falsely");
  simulate->add_flag(
      "--plant-unnamed", parsed.simulate.has_unnamed,
      "memory B cells that no rule names: 0.5 % of B cells in patients, 0.02 % in healthy");
  add_shared(*simulate, parsed.simulate.shared);
  simulate->footer("Example: gateless simulate --out trial --panels B --events-per-file 200000");

  CLI::App* report = app.add_subcommand("report", "render the report of a finished run again");
  report->add_option("DIR", parsed.report.dir, "folder of a finished run")->required();
  report->footer("Example: gateless report result");

  app.add_subcommand("devices", "backends and devices found, their memory, and why one is missing")
      ->footer("Example: gateless devices");
}

/// What CLI11 calls an unknown word, said with the nearest known one.
[[noreturn]] void fail_with_suggestion(const CLI::App& app, int argc, const char* const* argv,
                                       const std::string& otherwise) {
  std::vector<std::string> commands;
  const CLI::App* scope = &app;
  for (const CLI::App* command : app.get_subcommands({})) {
    commands.push_back(command->get_name());
    if (argc > 1 && command->get_name() == argv[1]) scope = command;
  }
  if (scope == &app && argc > 1 && argv[1][0] != '-') {
    throw UsageError(fmt::format("{}: no such command{} (gateless --help lists them)", argv[1],
                                 did_you_mean(argv[1], commands)));
  }
  std::vector<std::string> words;
  for (const CLI::Option* option : scope->get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (int index = 1; index < argc; ++index) {
    std::string word = argv[index];
    if (word.rfind("--", 0) != 0 || word == "--") continue;
    word = word.substr(0, word.find('='));
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      throw UsageError(fmt::format("{}: no such option{} ({} --help lists them)", word,
                                   did_you_mean(word, words),
                                   scope == &app ? "gateless" : "gateless " + scope->get_name()));
    }
  }
  throw UsageError(fmt::format("{} ({} --help says how)", otherwise,
                               scope == &app ? "gateless" : "gateless " + scope->get_name()));
}

Command chosen(const CLI::App& app, Parsed& parsed) {
  const EventsOutput events = parse_events(parsed.events);
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "run") {
    parsed.run.events = events;
    return parsed.run;
  }
  if (name == "cluster") {
    ClusterOptions& options = parsed.cluster.cluster;
    options.algorithm = required(parse_algorithm(parsed.algorithm), "--algorithm", parsed.algorithm,
                                 "som or kmeans");
    std::tie(options.grid_width, options.grid_height) =
        required(parse_grid(parsed.grid), "--grid", parsed.grid, "WIDTHxHEIGHT, e.g. 16x16");
    options.metaclusters = required(parse_metaclusters(parsed.metaclusters), "--metaclusters",
                                    parsed.metaclusters, "auto or a number from 2");
    parsed.cluster.transform =
        required(parse_transform(parsed.transform), "--transform", parsed.transform,
                 "auto, arcsinh:COFACTOR (e.g. arcsinh:5), logicle or none");
    parsed.cluster.compensate = parsed.compensate == "auto";
    if (options.node_count() > kMaxNodes) {
      throw UsageError(
          fmt::format("--grid {}: more than {} nodes; take a smaller map", parsed.grid, kMaxNodes));
    }
    parsed.cluster.clean = parsed.clean == "auto";
    parsed.cluster.events = events;
    return parsed.cluster;
  }
  if (name == "map") {
    parsed.map.events = events;
    return parsed.map;
  }
  if (name == "inspect") return parsed.inspect;
  if (name == "simulate") return parsed.simulate;
  if (name == "report") return parsed.report;
  return DevicesCommand{};
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app{
      "gateless finds immune subsets in pooled cytometry events, and how they change over visits, "
      "without "
      "manual gates.",
      "gateless"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("gateless ") + GATELESS_VERSION);
  bool wants_config = false;
  app.add_flag("--print-config", wants_config,
               "print a study file with every key, its default and meaning");
  app.footer(
      "First steps:  gateless simulate --out trial  &&  gateless run trial/study.yaml --out "
      "result");
  Parsed parsed;
  add_run(app, parsed);
  add_cluster(app, parsed);
  add_map(app, parsed);
  add_small_commands(app, parsed);
  for (CLI::App* command : app.get_subcommands({})) {
    command->add_flag("--print-config", wants_config)->group("");
  }

  for (int index = 1; index < argc; ++index) {
    if (std::string(argv[index]) == "--print-config") return TextCommand{embedded::study_text()};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return TextCommand{app.help()};
  } catch (const CLI::CallForAllHelp&) {
    return TextCommand{app.help("", CLI::AppFormatMode::All)};
  } catch (const CLI::CallForVersion&) {
    return TextCommand{std::string("gateless ") + GATELESS_VERSION + "\n"};
  } catch (const CLI::ParseError& error) {
    fail_with_suggestion(app, argc, argv, error.what());
  }
  return chosen(app, parsed);
}

}  // namespace gateless
