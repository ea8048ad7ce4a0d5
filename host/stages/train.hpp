// The panels of a study one after the other: what an interrupted run has finished of them is taken up, the rest is done.
#pragma once

#include <string>
#include <vector>

#include "host/core/model.hpp"
#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// SHA-256 over program version, configuration, knowledge and inputs: the same means the same result.
[[nodiscard]] std::string fingerprint_of_model(const std::string& configuration,
                                               const Knowledge& knowledge,
                                               const std::vector<PanelEvents>& panels);

/// `finished` holds the first panels of the same study, which are mapped; it may be empty. Of the others, `pieces` may have
/// what is finished.
[[nodiscard]] std::vector<PanelAnalysis> train_panels(std::vector<PanelEvents>&& panels,
                                                      const std::vector<PanelModel>& finished,
                                                      const Knowledge& knowledge,
                                                      const AnalysisOptions& options,
                                                      Pieces& pieces, Backend& backend,
                                                      Progress& progress);

}  // namespace gateless::stages
