#include "host/files/kept_model.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/files/labelled_files.hpp"
#include "host/files/result_folder.hpp"
#include "host/stages/mapping.hpp"
#include "io/model_file.hpp"
#include "io/part_file.hpp"
#include "io/run_json.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

std::string model_path(const std::string& dir) { return dir + "/model.h5"; }

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

/// Whether the run that finished the folder left all that is asked for now.
bool has_outputs(const Outcome& outcome) {
  try {
    Results results;
    const std::vector<std::string> there = read_run_json(outcome.dir, results).outputs;
    const std::vector<std::string> asked = asked_outputs(outcome);
    return std::all_of(asked.begin(), asked.end(), [&](const std::string& one) {
      return std::find(there.begin(), there.end(), one) != there.end();
    });
  } catch (const InputError&) {
    return false;  // none, or not of this program
  }
}

}  // namespace

bool is_finished(const Outcome& outcome, const std::string& fingerprint) {
  return has_outputs(outcome) && (!outcome.writes_fcs || has_labelled_files(outcome.dir)) &&
         (!outcome.writes_figures || std::filesystem::exists(outcome.dir + "/figures")) &&
         left_behind(model_path(outcome.dir), fingerprint).has_value();
}

std::vector<PanelModel> finished_panels(const std::string& dir, const std::string& fingerprint) {
  std::optional<Model> model = left_behind(model_path(dir), fingerprint);
  return model ? std::move(model->panels) : std::vector<PanelModel>();
}

void keep_model(const Outcome& outcome, const std::string& fingerprint) {
  Model model;
  model.version = GATELESS_VERSION;
  model.seed = outcome.seed;
  model.knowledge = outcome.study.knowledge.text;
  model.configuration = outcome.configuration;
  model.fingerprint = fingerprint;
  for (const PanelAnalysis& panel : outcome.study.panels) model.panels.push_back(freeze(panel));
  write_model(model, model_path(outcome.dir));
}

void write_part_of(const Outcome& outcome, const Model& model) {
  write_model(model, model_path(outcome.dir));
  write_part(part_of(outcome.study, sha256_of_file(model_path(outcome.dir))),
             outcome.dir + "/part.h5");
}

}  // namespace gateless::files
