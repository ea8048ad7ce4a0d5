// The step of k-means that the benchmarks of passes take between two passes.
#pragma once

#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"

namespace gateless::bench {

using namespace compute;

/// The mean of each node's events; a node without events stays. `codebook` is [nodes][markers], scaled units.
inline void move_to_means(const NodeSums& sums, Matrix<float>& codebook) {
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    if (sums.counts[node] == 0) continue;
    const double unit =
        1.0 / static_cast<double>(1U << kFractionBits) / static_cast<double>(sums.counts[node]);
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      codebook(node, marker) =
          static_cast<float>(static_cast<double>(sums.sums(node, marker)) * unit);
    }
  }
}

}  // namespace gateless::bench
