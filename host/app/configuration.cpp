#include "host/app/configuration.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/core/error.hpp"
#include "host/core/study_words.hpp"
#include "io/sample_sheet.hpp"

namespace gateless {
namespace {

nlohmann::ordered_json json_of(const ClusterOptions& cluster) {
  nlohmann::ordered_json json;
  json["algorithm"] = text_of(cluster.algorithm);
  if (cluster.algorithm == ClusterOptions::Algorithm::kSom) {
    json["grid"] = std::to_string(cluster.grid_width) + "x" + std::to_string(cluster.grid_height);
  } else {
    json["nodes"] = cluster.nodes;
  }
  if (cluster.metaclusters == 0) {
    json["metaclusters"] = "auto";
  } else {
    json["metaclusters"] = cluster.metaclusters;
  }
  json["epochs"] = cluster.epochs;
  json["markers"] = cluster.markers;
  return json;
}

nlohmann::ordered_json json_of(const LevelChoice& level) {
  nlohmann::ordered_json json{{"marker", level.marker},
                              {level.is_linear ? "linear" : "at", level.at}};
  if (!level.within.empty()) json["within"] = level.within;
  if (!level.panel.empty()) json["panel"] = level.panel;
  return json;
}

}  // namespace

std::string configuration_of(const Study& study) {
  nlohmann::ordered_json json;
  json["name"] = study.name;
  json["seed"] = study.cluster.seed;
  json["knowledge"] =
      study.knowledge_paths.empty() ? std::vector<std::string>{"shipped"} : study.knowledge_paths;
  json["panel"] = study.marker_overrides;
  json["transform"] = text_of(study.transform);
  json["compensate"] = study.compensate ? "auto" : "none";
  json["clean"] = {{"margins", study.clean.margins},
                   {"drift", study.clean.drift},
                   {"doublets", study.clean.doublets},
                   {"debris", study.clean.debris},
                   {"dead", study.clean.dead}};
  json["cluster"] = json_of(study.cluster);
  for (const LevelChoice& level : study.levels) json["levels"].push_back(json_of(level));
  json["compare"] = {{"baseline", study.compare.baseline},
                     {"at", study.compare.at},
                     {"activity", study.compare.activity},
                     {"responders", study.compare.responders},
                     {"primary", study.compare.primary},
                     {"healthy_group", study.compare.healthy_group},
                     {"smallest_change", study.compare.smallest_change},
                     {"detected", study.compare.limits.detected},
                     {"quantifiable", study.compare.limits.quantifiable}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Study study_of(const ClusterCommand& command) {
  Study study;
  study.name = "clusters";
  study.transform = command.transform;
  study.compensate = command.compensate;
  if (!command.clean)
    study.clean = {
        .margins = false, .drift = false, .doublets = false, .debris = false, .dead = false};
  study.cluster = command.cluster;
  study.cluster.seed = command.shared.seed.value_or(study.cluster.seed);
  for (const std::string& file : command.files) {
    Sample sample;
    sample.file = file;
    sample.path = file;
    study.samples.push_back(std::move(sample));
  }
  return study;
}

void read_files_as(const std::string& configuration, Study& study) {
  const nlohmann::json json = nlohmann::json::parse(configuration, nullptr, false);
  if (!json.is_object()) return;
  study.compensate = json.value("compensate", std::string("auto")) != "none";
  const nlohmann::json clean = json.value("clean", nlohmann::json::object());
  study.clean = {.margins = clean.value("margins", true),
                 .drift = clean.value("drift", true),
                 .doublets = clean.value("doublets", true),
                 .debris = clean.value("debris", true),
                 .dead = clean.value("dead", true)};
}

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

void check_no_levels(const Study& study) {
  if (study.levels.empty()) return;
  throw InputError(fmt::format(
      "{}:{}: levels: the borders of a model hold as it was trained; remove the entry, or train "
      "with it: run without --model",
      study.path, study.levels.front().line));
}

void check_read_as_map_does(const Study& study) {
  if (study.clean == CleanChoice{} && study.compensate && study.marker_overrides.empty()) return;
  throw InputError(fmt::format(
      "{}: 'clean', 'compensate' or 'panel' is set, but map read the parts without them (the "
      "result would not be the study's); use run --model instead",
      study.path));
}

std::vector<Sample> samples_to_map(const MapCommand& command, Progress& progress) {
  if (command.files.empty() == command.sheet.empty())
    throw UsageError("map needs files or --samples with a sample sheet, and not both");
  if (!command.sheet.empty()) {
    SampleSheet sheet = read_sample_sheet(command.sheet);
    for (const std::string& warning : sheet.warnings) progress.warn(warning);
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

}  // namespace gateless
