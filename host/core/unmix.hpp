// Compensation of columns: every channel becomes a weighted sum of all.
#pragma once

#include "host/core/columns.hpp"
#include "host/core/matrix.hpp"

namespace gateless {

/// column[c][e] = sum over d, in their order from 0, of weights(c, d) * column[d][e]; products and sums are rounded one
/// by one, so that wider registers do not change a bit. `weights` is [channels][channels]. One thread.
void unmix(const Columns& columns, const Matrix<float>& weights);

}  // namespace gateless
