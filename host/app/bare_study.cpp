#include "host/app/bare_study.hpp"

#include "host/core/error.hpp"
#include "io/sample_sheet.hpp"

namespace gateless::app {
namespace {

std::vector<Sample> samples_of(const std::vector<std::string>& files) {
  std::vector<Sample> samples;
  for (const std::string& file : files) {
    Sample& sample = samples.emplace_back();
    sample.file = file;
    sample.path = file;
  }
  return samples;
}

}  // namespace

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
  study.samples = samples_of(command.files);
  return study;
}

std::vector<Sample> samples_to_map(const MapCommand& command, Progress& progress) {
  if (command.files.empty() == command.sheet.empty())
    throw UsageError("map needs files or --samples with a sample sheet, and not both");
  if (!command.sheet.empty()) {
    SampleSheet sheet = read_sample_sheet(command.sheet);
    for (const std::string& warning : sheet.warnings) progress.warn(warning);
    return std::move(sheet.samples);
  }
  return samples_of(command.files);
}

}  // namespace gateless::app
