// Parts of one whole: when one falls the others rise, and that is one finding and not two.
#pragma once

#include <optional>
#include <string>

#include "host/core/results.hpp"

namespace gateless::report {

/// The part that moved, so that `subset` moved the other way.
struct Displacement {
  std::string sibling;  ///< id
  double rest =
      0.0;  ///< median relative change of the subset within the whole without that sibling
};

/// Looks at the patients in whom `subset` was called at `visit`. A sibling (Results::siblings) of which at least half of
/// them were called the other way explains it if the subset, as a share of what the whole holds besides that sibling,
/// changes by less than half as much in each of them, and by less than 15 % in the median. The one with the smallest
/// remaining change is given.
[[nodiscard]] std::optional<Displacement> displaced_by(const Results& results,
                                                       const std::string& subset,
                                                       const std::string& visit);

}  // namespace gateless::report
