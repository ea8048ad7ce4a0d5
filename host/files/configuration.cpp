#include "host/files/configuration.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/core/error.hpp"
#include "host/core/study_words.hpp"

namespace gateless::files {
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

void check_read_as_map_does(const Study& study) {
  if (study.clean == CleanChoice{} && study.compensate && study.marker_overrides.empty()) return;
  throw InputError(fmt::format(
      "{}: 'clean', 'compensate' or 'panel' is set, but map read the parts without them (the "
      "result would not be the study's); use run --model instead",
      study.path));
}

}  // namespace gateless::files
