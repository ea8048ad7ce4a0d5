// Samples onto a model that was trained before, from their files or from parts that `map` has written.
#pragma once

#include <string>
#include <vector>

#include "host/core/layers.hpp"
#include "host/core/model.hpp"
#include "host/stages/ingest_file.hpp"
#include "host/stages/study_analysis.hpp"
#include "io/inspect.hpp"
#include "io/part_file.hpp"

namespace gateless::stages {

/// Reads the samples and maps each onto the model's panel that it fits; `headers` [samples] say what their files have.
/// Errors: InputError that names every file that cannot be read or fits no panel.
[[nodiscard]] std::vector<PanelAnalysis> map_samples(const std::vector<Sample>& samples,
                                                     const std::vector<FileSummary>& headers,
                                                     const ReadSample& read, const Model& model,
                                                     const Knowledge& knowledge,
                                                     IngestOptions options, Backend& backend,
                                                     Progress& progress);

/// A part that `map` has written, and the folder that messages call it by.
struct NamedPart {
  std::string folder;
  Part part;
};

/// Maps the parts' events instead of reading files: every sample must be in one part.
/// Errors: InputError that names each sample that no part or several parts have.
[[nodiscard]] std::vector<PanelAnalysis> map_parts(const std::vector<Sample>& samples,
                                                   std::vector<NamedPart>&& parts,
                                                   const Model& model, const Knowledge& knowledge,
                                                   std::size_t threads, Backend& backend,
                                                   Progress& progress);

/// The kept events of mapped samples, for map_parts().
[[nodiscard]] Part part_of(const StudyAnalysis& study, const std::string& model_sha256);

}  // namespace gateless::stages
