#include "host/stages/train.hpp"

#include <fmt/format.h>

#include "host/core/layers.hpp"
#include "io/sha256.hpp"

namespace gateless::stages {

std::string fingerprint_of_model(const std::string& configuration, const Knowledge& knowledge,
                                 const std::vector<PanelEvents>& panels) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", GATELESS_VERSION, configuration, sha256_of_text(knowledge.text));
  for (const PanelEvents& panel : panels) {
    text += panel.panel.name + "\n";
    for (const PooledSample& sample : panel.samples)
      text += fmt::format("{} {}\n", sample.sample, sample.sha256);
  }
  return sha256_of_text(text);
}

std::vector<PanelAnalysis> train_panels(std::vector<PanelEvents>&& panels,
                                        const std::vector<PanelModel>& finished,
                                        const Knowledge& knowledge, const AnalysisOptions& options,
                                        Pieces& pieces, Backend& backend, Progress& progress) {
  std::vector<PanelAnalysis> analyses;
  MetaclusterId next(1);
  for (std::size_t panel = 0; panel < panels.size(); ++panel) {
    NamedPieces of_panel(pieces, fmt::format("panel {} ", panel + 1));
    analyses.push_back(panel < finished.size()
                           ? map_panel(std::move(panels[panel]), finished[panel], knowledge,
                                       options.threads, backend, progress)
                           : analyse_panel(std::move(panels[panel]), knowledge, options, next,
                                           backend, progress, of_panel));
    warn_of_blind_markers(analyses.back(), progress);
    next = analyses.back().maps.back().next_id();
  }
  return analyses;
}

}  // namespace gateless::stages
