#include "host/simulate/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/simulate/course.hpp"
#include "host/simulate/trial.hpp"
#include "io/atomic_file.hpp"
#include "io/csv.hpp"
#include "io/fcs_writer.hpp"

namespace gateless::simulate {
namespace {

namespace fs = std::filesystem;

void check(const SimulationOptions& options) {
  if (options.patients == 0) {
    throw UsageError("--patients 0 (without patients there is no change to find); use 1 or more");
  }
  if (options.panels.empty()) {
    throw UsageError("--panels is empty (there would be no file); use B, T or both");
  }
  for (const std::string& panel : options.panels) {
    (void)staining_panel(panel);
    if (std::count(options.panels.begin(), options.panels.end(), panel) > 1) {
      throw UsageError(fmt::format(
          "panel {} is named twice (both would have the same files); name it once", panel));
    }
  }
  if (options.events == std::size_t{0}) {
    throw UsageError("0 events in each file (there would be nothing to analyse); use 1 or more");
  }
}

void make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    throw InputError(
        fmt::format("{}: cannot be made: {} (the trial needs a place); choose another folder",
                    folder.string(), failure.message()));
  }
}

/// Measures one tube, writes its file and counts its truth.
TrueFile measure(const SimulationOptions& options, const Bleeding& bleeding,
                 const StainingPanel& panel) {
  TrueFile file;
  file.panel = panel.name;
  file.sample = sample_name(bleeding, panel.name);
  Batch batch = prepare_batch(options, panel, bleeding);
  const Conditions conditions = prepare_conditions(options, panel, batch, bleeding);
  RandomStream random = event_stream(options, panel, bleeding);
  Acquired acquired = acquire(conditions, random);
  count_truth(acquired, file);

  RawSample sample;
  sample.version = "FCS3.1";
  sample.channels = std::move(acquired.channels);
  sample.events = conditions.events;
  sample.values = std::move(acquired.values);
  sample.spillover = std::move(batch.spillover);
  sample.keywords = {{"$CYT", panel.cytometer},
                     {"$FIL", file.sample + ".fcs"},
                     {"$SRC", bleeding.patient},
                     {"$TIMESTEP", "0.01"},
                     {"$COM", fmt::format("made up by gateless simulate, seed {}", options.seed)}};
  const fs::path path = fs::path(options.out) / "fcs" / (file.sample + ".fcs");
  write_fcs(path.string(), sample);
  file.bytes = fs::file_size(path);
  return file;
}

void write_sheet(const std::string& path, const std::vector<Bleeding>& bleedings,
                 const std::vector<TrueFile>& files) {
  CsvWriter sheet(path, {"file", "patient", "visit", "group", "panel", "batch", "role",
                         "cells_per_ul", "sledai"});
  for (const TrueFile& file : files) {
    const Bleeding& bleeding = bleedings[file.bleeding];
    sheet.text("fcs/" + file.sample + ".fcs").text(bleeding.patient).text(bleeding.visit);
    sheet.text(bleeding.group).text(file.panel).text(bleeding.batch).text("sample");
    sheet.number(bleeding.cells_per_ul);
    sheet.number(bleeding.is_healthy ? std::nullopt : std::optional<double>(bleeding.sledai));
    sheet.end_row();
  }
  sheet.commit();
}

void write_study(const std::string& path, const SimulationOptions& options) {
  std::vector<std::string> primary;
  for (const std::string& panel : options.panels) {
    if (panel == "B") primary.insert(primary.end(), {"b_dn", "b_trans", "b_naive_rest"});
    if (panel == "T") primary.push_back("treg");
  }
  write_whole_file(
      path, fmt::format("name: Made-up lupus trial\n"
                        "samples: samples.csv\n"
                        "compare:\n"
                        "  baseline: {}\n"
                        "  at: [{}]\n"
                        "  activity: sledai\n"
                        "  primary: [{}]\n"
                        "seed: {}\n",
                        visits().front(), fmt::join(visits().begin() + 1, visits().end(), ", "),
                        fmt::join(primary, ", "), options.seed));
}

}  // namespace

SimulationSummary simulate_trial(const SimulationOptions& options, Progress& progress) {
  check(options);
  const fs::path out(options.out);
  make_folder(out / "fcs");
  make_folder(out / "truth");

  const std::vector<Bleeding> bleedings = plan_bleedings(options);
  const std::size_t panels = options.panels.size();
  std::vector<TrueFile> files(bleedings.size() * panels);
  SimulationSummary summary;
  summary.files = files.size();
  timed(progress, Stage::kSimulate, [&] {
    progress.expect(files.size());
    parallel_for(options.threads, files.size(), [&](std::size_t index) {
      const std::size_t bleeding = index / panels;
      files[index] =
          measure(options, bleedings[bleeding], staining_panel(options.panels[index % panels]));
      files[index].bleeding = bleeding;
      progress.step();
    });
    for (const TrueFile& file : files) {
      summary.events += file.labels.size();
      summary.bytes += file.bytes;
    }
    progress.looks_at(summary.events, summary.bytes);
  });
  summary.sheet_path = (out / "samples.csv").string();
  summary.study_path = (out / "study.yaml").string();
  timed(progress, Stage::kTruth, [&] {
    progress.expect(3);
    write_true_events((out / "truth" / "events.h5ad").string(), files);
    progress.step();
    write_true_abundance((out / "truth" / "abundance.csv").string(), bleedings, files);
    progress.step();
    write_true_changes((out / "truth" / "patients.csv").string(), bleedings, files);
    progress.step();
    write_sheet(summary.sheet_path, bleedings, files);
    write_study(summary.study_path, options);
  });
  return summary;
}

}  // namespace gateless::simulate
