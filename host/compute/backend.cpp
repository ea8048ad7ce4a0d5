#include "host/compute/backend.hpp"

#include "host/core/unmix.hpp"

namespace gateless {

void Backend::transform(const Columns& columns, std::span<const TransformCurve> curves,
                        std::size_t threads) {
  transform_columns(columns, curves, threads);
}

void Backend::unmix(const Columns& columns, const Matrix<float>& weights) {
  gateless::unmix(columns, weights);
}

}  // namespace gateless
