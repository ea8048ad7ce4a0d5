// The panels of a study one after the other: those that an interrupted run has finished are mapped, the others are trained.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/core/model.hpp"
#include "host/stages/study_analysis.hpp"

namespace gateless {

/// SHA-256 over program version, configuration, knowledge and inputs: the same means the same result.
[[nodiscard]] std::string fingerprint_of(const std::string& configuration,
                                         const Knowledge& knowledge,
                                         const std::vector<PanelEvents>& panels);

/// Called after each trained panel with all panels so far, so that an interrupted run can keep them.
using Keep = std::function<void(const std::vector<PanelAnalysis>& panels)>;

/// `finished` holds the first panels of the same study; it may be empty.
[[nodiscard]] std::vector<PanelAnalysis> train_panels(std::vector<PanelEvents>&& panels,
                                                      const std::vector<PanelModel>& finished,
                                                      const Knowledge& knowledge,
                                                      const AnalysisOptions& options,
                                                      const Keep& keep, Backend& backend,
                                                      Progress& progress);

}  // namespace gateless
