// Counts gates in whole files, and moves their bounds to where no event is near.
#pragma once

#include <cstddef>
#include <vector>

#include "host/annotate/gate_learn.hpp"
#include "host/core/gates.hpp"
#include "host/core/layers.hpp"
#include "host/files/gate_files.hpp"

namespace gateless::files {

/// Which events a gate is to hold: those with one of some labels, those that cleaning has left, one metacluster, or an overlay.
struct GateTarget {
  std::vector<LabelSays> labels;  ///< [subsets]; empty: not by label
  std::int32_t metacluster = -1;  ///< -1: not by metacluster
  std::vector<bool> profiles{};   ///< [SubsetCalls::profiles]; empty: not by overlay
};

/// Fills panel.samples, and moves each bound to the middle between the events beside it (over all files), at the
/// shortest decimal number there: the counts stay, and do not hang on how another program rounds. `targets` [gates].
void count_gates(GatePanel& panel, const GateFiles& files, const std::vector<GateTarget>& targets,
                 const PanelAnalysis& analysis, const std::vector<std::int32_t>& refined,
                 std::size_t threads);

}  // namespace gateless::files
