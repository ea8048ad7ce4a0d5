// Where the negative cells of a panel lie. A marker that has no negative cells in the file is compared with them: CD3 in a
// file of T cells alone.
#pragma once

#include <cstddef>
#include <vector>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/subset_model.hpp"

namespace gateless::annotate {

/// Where negative cells of `marker` are expected, in its own bins, because negative cells of a panel's markers lie near each
/// other: from the lowest modes of all other markers with two modes or more, and of those whose only mode lies hardly higher.
/// The sd is that of single events, within and between these markers; the mass is the number of markers, 0 if they are too few.
/// `modes` [markers], in bins of `ranges`; `is_comparable` [markers]: looked at, and on the scale of the others.
[[nodiscard]] Mode negative_cells_of_others(std::size_t marker,
                                            const std::vector<std::vector<Mode>>& modes,
                                            const std::vector<MarkerRange>& ranges,
                                            const std::vector<bool>& is_comparable);

/// The lowest mode of any other marker, in the bins of `marker`; a mass of 0: there is none.
[[nodiscard]] Mode dimmest_of_others(std::size_t marker,
                                     const std::vector<std::vector<Mode>>& modes,
                                     const std::vector<MarkerRange>& ranges,
                                     const std::vector<bool>& is_comparable);

/// The least probability that a mode at `position` is not one of `negatives`, for any shape of their
/// distribution (Cantelli's inequality: no more than 1 / (1 + k^2) of it lies k sd above its mean).
[[nodiscard]] double certainty_above(const Mode& negatives, double position);

}  // namespace gateless::annotate
