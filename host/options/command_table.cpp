#include "host/options/command_table.hpp"

#include <memory>

namespace gateless::options {
namespace {

void add_shared(CLI::App& app, SharedOptions& shared) {
  app.add_option("--backend", shared.backend, "backend: auto, cpu, cuda or reference")
      ->capture_default_str();
  app.add_option("--threads", shared.compute.threads, "threads (default: all cores)")
      ->check(CLI::Range(1, 4096));
  app.add_option("--devices", shared.compute.devices, "GPUs by number, e.g. 0,1")->delimiter(',');
  app.add_option(
         "--memory", shared.compute.memory_gib,
         "memory that the program (and each GPU) may hold, GiB; the rest of the events lies on "
         "the disk of --out (default: 0.8 of the machine's)")
      ->check(CLI::PositiveNumber);
  app.add_option("--tile", shared.compute.tile_events,
                 "events processed per batch; affects speed only (default: automatic)")
      ->check(CLI::Range(1, 1 << 30));
  app.add_option("--seed", shared.seed, "seed of everything random");
  app.add_flag("--quiet", shared.is_quiet, "no progress on stderr");
  app.add_option("--log-level", shared.log_level, "trace, debug, info, warning, error, off")
      ->capture_default_str();
}

void add_out(CLI::App& app, std::string& out) {
  app.add_option("--out,-o", out, "folder for the results (created if missing)")->required();
}

void add_events(CLI::App& app, std::string& events) {
  app.add_option(
         "--events", events,
         "events.h5ad: full (with values), labels, none; panels: labels, and the values of kept "
         "events in a file for each panel")
      ->check(CLI::IsMember({"full", "panels", "labels", "none"}))
      ->capture_default_str();
}

void add_fcs(CLI::App& app, bool& writes_fcs) {
  app.add_flag("--fcs", writes_fcs,
               "also write each input file as FCS with node, metacluster, subset and confidence");
}

void add_figures(CLI::App& app, bool& writes_figures) {
  app.add_flag("--figures", writes_figures,
               "also write the main charts as SVG files for papers, in the folder figures");
}

void add_no_gates(CLI::App& app, bool& skips_gates) {
  app.add_flag("--no-gates", skips_gates,
               "write no gates (gates.csv, Gating-ML, FlowJo workspace); files are then read once");
}

void add_run(CLI::App& app, Parsed& parsed) {
  CLI::App* run = app.add_subcommand("run", "analyse a study, or resume an interrupted analysis");
  run->add_option("STUDY", parsed.run.study, "study file (YAML)")->required();
  run->add_option("--model", parsed.run.model,
                  "model.h5 of an earlier run: map onto it instead of training");
  add_out(*run, parsed.run.out);
  add_events(*run, parsed.events);
  add_fcs(*run, parsed.run.writes_fcs);
  add_figures(*run, parsed.run.writes_figures);
  add_no_gates(*run, parsed.run.skips_gates);
  add_shared(*run, parsed.run.shared);
  run->footer("Example: gateless run study.yaml --out result");
}

void add_cluster(CLI::App& app, Parsed& parsed) {
  CLI::App* cluster = app.add_subcommand(
      "cluster", "pool, transform and cluster files without a sample sheet or a knowledge file");
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
  add_fcs(*cluster, parsed.cluster.writes_fcs);
  add_shared(*cluster, parsed.cluster.shared);
  cluster->footer("Example: gateless cluster donor1.fcs donor2.fcs --out clusters --grid 12x12");
}

void add_map(CLI::App& app, Parsed& parsed) {
  CLI::App* map = app.add_subcommand(
      "map", "assign archived or new samples to an existing model, without retraining");
  map->add_option("MODEL", parsed.map.model, "model.h5 of an earlier run")->required();
  map->add_option("FILE", parsed.map.files, "FCS, CSV or .h5ad files");
  map->add_option("--samples", parsed.map.sheet,
                  "sample sheet (CSV) instead of FILE: with patients, visits and groups");
  map->add_option("--panel", parsed.map_panel,
                  "override the markers of channels: CHANNEL=MARKER,...")
      ->delimiter(',');
  add_out(*map, parsed.map.out);
  add_events(*map, parsed.events);
  add_fcs(*map, parsed.map.writes_fcs);
  add_no_gates(*map, parsed.map.skips_gates);
  add_shared(*map, parsed.map.shared);
  map->footer("Example: gateless map result/model.h5 archive/*.fcs --out mapped");
}

void add_combine(CLI::App& app, Parsed& parsed) {
  CLI::App* combine = app.add_subcommand(
      "combine", "assemble a study from parts that `map` wrote on any number of machines");
  combine->add_option("PART", parsed.combine.parts, "folders that map wrote")->required();
  combine->add_option("--study", parsed.combine.study, "study file (YAML)")->required();
  add_out(*combine, parsed.combine.out);
  add_events(*combine, parsed.events);
  add_shared(*combine, parsed.combine.shared);
  combine->footer("Example: gateless combine part1 part2 --study study.yaml --out result");
}

void add_convert(CLI::App& app, Parsed& parsed) {
  CLI::App* convert =
      app.add_subcommand("convert", "convert event files between FCS, CSV and .h5ad");
  convert->add_option("PATH", parsed.convert.paths, "files, or folders to be searched")->required();
  add_out(*convert, parsed.convert.plan.out);
  convert->add_option("--to", parsed.convert_to, "fcs (FCS 3.1), csv, h5ad (AnnData)")
      ->check(CLI::IsMember({"fcs", "csv", "h5ad"}))
      ->capture_default_str();
  convert
      ->add_option("--compensate", parsed.convert_compensate,
                   "auto (apply the file's spillover) or none")
      ->check(CLI::IsMember({"auto", "none"}))
      ->capture_default_str();
  convert
      ->add_option("--transform", parsed.convert_transform,
                   "auto, arcsinh:COFACTOR, logicle, none; of channels that stain a marker")
      ->capture_default_str();
  convert
      ->add_option("--threads", parsed.convert.shared.compute.threads,
                   "threads (default: all cores)")
      ->check(CLI::Range(1, 4096));
  convert->add_flag("--quiet", parsed.convert.shared.is_quiet, "no progress on stderr");
  convert->footer("Example: gateless convert archive/ --to csv --out tables");
}

void add_small_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* inspect =
      app.add_subcommand("inspect", "shows the contents of files and how run would read them");
  inspect->add_option("PATH", parsed.inspect.plan.paths, "files, or folders to be searched")
      ->required();
  inspect->add_flag("--json", parsed.inspect.plan.is_json, "for programs");
  inspect->add_flag("--quick", parsed.inspect.plan.is_quick,
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
  simulate->add_flag(
      "--no-changes", parsed.simulate.is_null,
      "no patient changes after baseline, so every reported change is a false positive");
  simulate->add_flag(
      "--plant-unnamed", parsed.simulate.has_unnamed,
      "memory B cells that no rule names: 0.5 % of B cells in patients, 0.02 % in healthy");
  add_shared(*simulate, parsed.simulate.shared);
  simulate->footer("Example: gateless simulate --out trial --panels B --events-per-file 200000");

  CLI::App* report = app.add_subcommand("report", "render the report of a finished run again");
  report->add_option("DIR", parsed.report.dir, "folder of a finished run")->required();
  add_figures(*report, parsed.report.writes_figures);
  report->footer("Example: gateless report result --figures");

  add_convert(app, parsed);
  CLI::App* complete = app.add_subcommand(
      "completion", "completion of commands and options for a shell: bash, zsh or fish");
  complete->add_option("SHELL", parsed.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  complete->footer(
      "Example: gateless completion bash > ~/.local/share/bash-completion/completions/gateless");
  app.add_subcommand("man", "the manual page, in troff")
      ->footer("Example: gateless man > gateless.1");
  app.add_subcommand("devices", "backends and devices found, their memory, and why one is missing")
      ->footer("Example: gateless devices");
}

}  // namespace

std::unique_ptr<CLI::App> command_table(Parsed& parsed) {
  auto table = std::make_unique<CLI::App>(
      "gateless finds immune subsets in pooled cytometry events, and how they change over visits, "
      "without manual gates.",
      "gateless");
  CLI::App& app = *table;
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("gateless ") + GATELESS_VERSION);
  app.add_flag("--print-config", parsed.wants_config,
               "print a study file with every key, its default and meaning");
  app.footer(
      "First steps:  gateless simulate --out trial  &&  gateless run trial/study.yaml --out "
      "result");
  add_run(app, parsed);
  add_cluster(app, parsed);
  add_map(app, parsed);
  add_combine(app, parsed);
  add_small_commands(app, parsed);
  for (CLI::App* command : app.get_subcommands({})) {
    command->add_flag("--print-config", parsed.wants_config)->group("");
    if (command->get_option_no_throw("--json") == nullptr)
      command->add_flag("--json", parsed.is_json, "errors as one line of JSON, for programs");
  }
  return table;
}

}  // namespace gateless::options
