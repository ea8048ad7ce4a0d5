// Abnormal populations: known ones by definition, unknown ones because patients have more of them than healthy people.
#pragma once

#include <string>
#include <vector>

#include "host/core/matrix.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless::statistics {

/// A subset that the knowledge file calls abnormal.
struct AbnormalSubset {
  std::string id;
  std::string phenotype;
};

/// Metaclusters within the B cells of one panel.
struct BCellClusters {
  std::vector<std::string> clusters;    ///< names as in clusters.csv
  std::vector<std::string> subsets;     ///< [clusters], id of the subset that each was called
  std::vector<std::string> names;       ///< [clusters], of the subset in words
  std::vector<std::string> phenotypes;  ///< [clusters]
  std::vector<bool> is_memory;          ///< [clusters], counts among the memory B cells
  std::vector<bool> is_non_reactive;    ///< [clusters], called naive or transitional: not searched
  std::vector<std::string> samples;     ///< files as in the sheet
  Matrix<double> counts;                ///< [samples][clusters], events
};

struct AbnormalInput {
  std::vector<AbundanceRow> abundance;
  std::vector<AbnormalSubset> defined;
  std::vector<std::string>
      memory_b;  ///< subsets that add up to memory B cells, e.g. b_usm, b_swm, b_dn
  std::vector<BCellClusters> discovered;
};

/// By definition: one row per defined subset that was measured. Discovered: one row per metacluster that patients have
/// more of than the healthy (enrichment > 1, q <= 0.05); without healthy controls, that rises with activity (q <= 0.05).
/// Each person counts once, at the baseline visit (else the first one).
///
/// enrichment = median fraction in patients / in healthy, of memory B cells where they are measured and the population lies
/// within them, else of the parent (a cluster: of B cells); p of the exact Mann-Whitney test between people who may be
/// compared: all, or those of one batch where batches favour patients or controls, or whole batches where none has
/// both (batches.hpp). q by Benjamini-Hochberg over the defined or over all tested clusters; activity is Spearman over
/// patients at baseline. `evidence` says what was compared, and without healthy controls or a common batch what
/// cannot be claimed. patients_present: with events enough to be detected.
[[nodiscard]] std::vector<AbnormalRow> find_abnormal(const AbnormalInput& input,
                                                     const Study& study);

/// What the people of the study do not allow to be said of abnormal populations; empty if there is nothing to add.
[[nodiscard]] std::vector<std::string> limits_of_discovery(const Study& study);

}  // namespace gateless::statistics
