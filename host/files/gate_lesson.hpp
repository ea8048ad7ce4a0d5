// From files to the binned events that gates are learned from, and from bins back to the files' units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/annotate/gate_learn.hpp"
#include "host/core/layers.hpp"
#include "host/files/gate_files.hpp"

namespace gateless::files {

/// The range of an axis that bounds may lie in, on the scale that the axis is shown on.
struct AxisScale {
  Transform transform;
  double low = 0.0, high = 1.0;  ///< transformed units

  /// Linear value of the left edge of a bin.
  [[nodiscard]] double edge(std::size_t bin) const;
};

struct ScaledLesson {
  GateLesson lesson;
  std::vector<AxisScale> scales;  ///< [axes]
};

/// Events at a fixed stride from some of the files, spread over all of them: at most a fixed number, whatever the study.
[[nodiscard]] ScaledLesson draw_lesson(const GateFiles& files,
                                       const std::vector<ClusterOfInterest>& clusters,
                                       const PanelAnalysis& analysis,
                                       const std::vector<std::int32_t>& refined,
                                       std::size_t threads);

}  // namespace gateless::files
