// A small study whose truth is known, in memory: files of T and B cells, patients over two visits and healthy people.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/stages/ingest.hpp"
#include "host/stages/study_analysis.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::stages {

/// As small_knowledge(), with B cells that are clustered again and the sums that the search for abnormal cells needs.
inline Knowledge planted_knowledge() {
  Knowledge knowledge = small_knowledge();
  const std::vector<Level> neg{Level::kNeg}, pos{Level::kPos};
  knowledge.text = "planted";
  knowledge.markers[2].only = "b_cell";
  knowledge.subsets = {known_subset("all", "", "", {}),
                       known_subset("t_cell", "all", "lineage", {{"CD3", pos}}, 1),
                       known_subset("b_cell", "all", "lineage", {{"CD19", pos}}, 2),
                       known_subset("naive", "b_cell", "quadrant", {{"IgD", pos}, {"CD27", neg}}),
                       known_subset("usm", "b_cell", "quadrant", {{"IgD", pos}, {"CD27", pos}}),
                       known_subset("swm", "b_cell", "quadrant", {{"IgD", neg}, {"CD27", pos}}),
                       known_subset("dn", "b_cell", "quadrant", {{"IgD", neg}, {"CD27", neg}})};
  knowledge.subsets[2].is_reclustered = knowledge.subsets[2].is_searched = true;
  knowledge.subsets[3].is_non_reactive = true;
  knowledge.subsets[6].is_abnormal = true;
  KnownComposite memory;
  memory.id = "memory_b";
  memory.name = "Memory B cells";
  memory.of = {"usm", "swm", "dn"};
  memory.denominator = "b_cell";
  memory.is_memory = true;
  KnownComposite ratio;
  ratio.id = "naive_to_swm";
  ratio.name = "Naive to switched memory";
  ratio.ratio = {"naive", "swm"};
  knowledge.composites = {memory, ratio};
  knowledge.primary = {"dn"};
  knowledge.secondary = {"dn", "usm"};
  return knowledge;
}

/// Files of the study by their path, and what is asked of them.
struct PlantedStudy {
  Study study;
  Knowledge knowledge = planted_knowledge();
  std::map<std::string, RawSample> files;
  std::unique_ptr<Backend> backend = make_backend("cpu", {.threads = 2});
  IngestOptions options;

  [[nodiscard]] ReadSample read() const {
    return [this](const Sample& sample) {
      const auto file = files.find(sample.path);
      if (file == files.end()) throw InputError(sample.path + ": file not found");
      return FileEvents{.raw = file->second, .sha256 = "sum of " + sample.path, .bytes = 100};
    };
  }
  [[nodiscard]] std::vector<PanelEvents> pooled(Progress& progress) {
    return ingest(study.samples, read(), knowledge, options, *backend, progress);
  }
  [[nodiscard]] AnalysisOptions analysis_options() const {
    AnalysisOptions options_{.cluster = {}, .threads = 2};
    options_.cluster.grid_width = options_.cluster.grid_height = 8;
    options_.cluster.epochs = 8;
    return options_;
  }
};

/// Linear values as an instrument gives them, for populations drawn on a scale of decades.
inline RawSample planted_file(const std::string& path, std::size_t number, std::size_t dn) {
  MadeEvents made;
  add_sample(made, number,
             {{"t_cell", 2500, {5.0, 0.5, 0.5, 4.0}},
              {"naive", 1200, {0.5, 5.0, 4.5, 0.8}},
              {"usm", 250, {0.5, 5.0, 4.5, 4.0}},
              {"swm", 350, {0.5, 5.0, 0.8, 4.0}},
              {"dn", dn, {0.5, 5.0, 0.8, 0.8}},
              {"nobody", 500, {0.5, 0.5, 0.5, 0.5}}},
             0.45);
  made.store.seal();
  RawSample file;
  file.path = path;
  file.version = "FCS3.1";
  file.events = made.store.events();
  const std::vector<std::string> detectors{"FITC-A", "PE-A", "APC-A", "BV421-A"};
  for (std::size_t marker = 0; marker < made.markers.size(); ++marker) {
    file.channels.push_back(
        {.name = detectors[marker], .stain = made.markers[marker], .range = 262144.0});
    std::vector<float>& values = file.values.emplace_back();
    for (const float value : made.store.view().marker(marker))
      values.push_back(static_cast<float>(150.0 * std::sinh(static_cast<double>(value))));
  }
  return file;
}

/// Three patients at two visits, three healthy people once; `dn` falls in every patient from 400 to 100 events.
inline PlantedStudy planted_study() {
  PlantedStudy planted;
  planted.study.name = "planted";
  planted.study.compare.baseline = "baseline";
  planted.options.threads = 2;
  const auto add = [&](const std::string& patient, const std::string& visit,
                       const std::string& group, std::size_t dn) {
    Sample sample;
    sample.file = patient + "_" + visit + ".fcs";
    sample.path = "planted/" + sample.file;
    sample.patient = patient;
    sample.visit = visit;
    sample.group = group;
    planted.files[sample.path] = planted_file(sample.path, planted.study.samples.size(), dn);
    planted.study.samples.push_back(std::move(sample));
  };
  for (const char* patient : {"P1", "P2", "P3"}) {
    add(patient, "baseline", "patient", 400);
    add(patient, "week24", "patient", 100);
  }
  for (const char* person : {"H1", "H2", "H3"}) add(person, "baseline", "healthy", 100);
  return planted;
}

/// Keeps what a run says and in which stages it works.
class Recorder : public Progress {
 public:
  void begin(Stage stage) override {
    if (is_open) ++overlaps;
    is_open = true;
    stages.push_back(stage);
  }
  void end() override { is_open = false; }
  void warn(const std::string& message) override { warnings.push_back(message); }

  bool is_open = false;
  int overlaps = 0;  ///< stages that began before the one before had ended
  std::vector<Stage> stages;
  std::vector<std::string> warnings;
};

}  // namespace gateless::stages
