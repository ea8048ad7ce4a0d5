// How many events each subset has in each sample, as fractions with intervals and detection limits.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/core/matrix.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless::statistics {

/// A subset that a panel can tell.
struct MeasuredSubset {
  std::string id;
  std::string name;
  std::string parent;   ///< id of another subset of the panel; empty: all kept events
  std::string lineage;  ///< id of the ancestor just below the root (or itself); empty: none
  bool is_overlay = false;
};

/// What was counted in the samples of one panel. The last two matrices are sums over a sample's kept events of the
/// probability p that an event belongs to a subset, and of p(1 - p), the variance of that number.
struct PanelCounts {
  std::string panel;
  std::vector<MeasuredSubset> subsets;
  std::vector<std::size_t> samples;  ///< indices into AbundanceInput::samples
  std::vector<double> kept;          ///< [samples], events
  Matrix<double> expected;           ///< [samples][subsets], events
  Matrix<double> variance;           ///< [samples][subsets], events
  Matrix<double> by_mixture = {};    ///< [samples][subsets], events; empty: not known
};

struct AbundanceInput {
  std::vector<Sample> samples;  ///< of the study
  std::vector<PanelCounts> panels;
  std::vector<KnownComposite> composites;
  DetectionLimits limits;
};

/// One row per panel, subset and sample; then those of the composites that the panel's subsets allow. A composite's
/// `parent` is its denominator (all kept events if the panel lacks it); when its parts are not all there and its
/// fallback is, the name says so. A ratio's parent_events are those of its lower part and its fraction may exceed 1.
///
/// fraction_of_parent = events / parent_events; its 95 % interval is Wilson's on the number of parent events that
/// would give the same variance by counting alone: counting p(1 - p)/n plus naming sum p(1 - p)/n^2. A ratio's
/// interval is normal on the log scale. cells_per_ul = the sheet's cells_per_ul x fraction_of_all. `sample` is the
/// file as written in the sheet.
[[nodiscard]] std::vector<AbundanceRow> measure_abundance(const AbundanceInput& input);

}  // namespace gateless::statistics
