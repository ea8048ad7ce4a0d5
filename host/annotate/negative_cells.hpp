// Where the negative cells of a panel lie: what a marker is held against that shows no negative cells of its own, as CD3
// does in a file of T cells alone.
#pragma once

#include <cstddef>
#include <vector>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/subset_model.hpp"

namespace gateless {

/// Where negative cells of `marker` are to be expected, in its own bins, as those of a panel's markers lie near each
/// other: the lowest modes of all other markers that have more than one mode, and of those with one that lies hardly higher.
/// Its sd is that of single events, within and between these markers; its mass their number, 0 where they are too few.
/// `modes` [markers], in bins of `ranges`; `is_comparable` [markers]: looked at, and on the scale of the others.
[[nodiscard]] Mode negative_cells_of_others(std::size_t marker,
                                            const std::vector<std::vector<Mode>>& modes,
                                            const std::vector<MarkerRange>& ranges,
                                            const std::vector<bool>& is_comparable);

/// How sure it is, at least, that a mode at `position` is not one of `negatives`, whatever the shape of their
/// distribution (Cantelli's inequality: no more than 1 / (1 + k^2) of it lies k sd above its mean).
[[nodiscard]] double certainty_above(const Mode& negatives, double position);

}  // namespace gateless
