// The frozen analysis: all that is needed to put new samples onto it without retraining.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/core/matrix.hpp"
#include "host/core/panel.hpp"
#include "host/core/scaling.hpp"
#include "host/core/transform.hpp"

namespace gateless {

/// One trained map: of a panel's events, or of the events of one subset clustered again.
struct CodebookModel {
  std::string parent;  ///< subset whose events it holds; empty for the panel's own map
  std::vector<std::string> markers;  ///< in codebook order
  Scaling scaling;
  Matrix<float> codebook;                          ///< [nodes][markers], scaled units
  std::vector<std::uint32_t> metacluster_of_node;  ///< [nodes], 1-based ids as in clusters.csv
  std::vector<std::string> subset_of_node;         ///< [nodes], subset id or "unassigned"
  std::vector<double>
      stability_of_node;  ///< [nodes], of its metacluster, 0..1; not a number where none is known
};

struct PanelModel {
  Panel panel;
  std::vector<std::string> markers;   ///< in event order
  std::vector<Transform> transforms;  ///< [markers]
  std::vector<CodebookModel> maps;    ///< the first is the panel's own
  std::string subset_model;  ///< JSON: learned levels and thresholds; empty without knowledge
};

struct Model {
  std::string version;  ///< of the program
  std::uint64_t seed = 0;
  std::string knowledge;      ///< text of the knowledge file; empty if none was used
  std::string configuration;  ///< JSON, as in run.json
  std::string
      fingerprint;  ///< SHA-256 over inputs and configuration, tells whether a run can be continued
  std::vector<PanelModel> panels;
};

}  // namespace gateless
