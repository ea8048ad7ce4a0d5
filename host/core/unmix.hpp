// Compensation of columns: every channel becomes a weighted sum of all.
#pragma once

#include <functional>

#include "host/core/columns.hpp"
#include "host/core/matrix.hpp"

namespace gateless {

/// column[c][e] = sum over d, in their order from 0, of weights(c, d) * column[d][e]; products and sums are rounded one
/// by one, so that wider registers and GPUs do not change a bit. `weights` is [channels][channels].
using Unmix = std::function<void(const Columns& columns, const Matrix<float>& weights)>;

/// The same on one thread of the host.
void unmix(const Columns& columns, const Matrix<float>& weights);

}  // namespace gateless
