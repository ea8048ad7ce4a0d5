// Gates in words, over all samples: "CD19 > 1,200; IgD < 900 and CD27 < 1,500".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// One side of a rectangle, linear units; none: open.
struct PathSide {
  std::string marker;
  Number low, high;
};

/// How the cells of one subset are gated within those of another.
struct GatePath {
  std::string panel, subset, name;
  std::string within;       ///< the population that the first rectangle lies in; empty: all events
  std::string within_name;  ///< the same in words
  std::vector<std::vector<PathSide>> steps;  ///< the rectangles, from the outermost in
  std::string rectangles;                    ///< in words, from the outermost in; linear units
  std::uint64_t labelled = 0;
  Number precision, recall, f1;  ///< over all samples
};

/// One path a gated population, in the order of `rows`.
[[nodiscard]] std::vector<GatePath> gate_paths(const std::vector<GateRow>& rows);

/// "1,200", "-35", "0.46": three digits at least, groups of thousands.
[[nodiscard]] std::string linear_text(double value);

}  // namespace gateless::report
