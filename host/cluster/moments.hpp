// Means and variances from the exact sums over events.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/compute/event_sums.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// Mean and covariance of the scaled events.
struct Moments {
  Eigen::VectorXd mean;  ///< [markers], scaled units
  Eigen::MatrixXd
      covariance;  ///< [markers][markers], scaled units squared, divided by the number of events
};

[[nodiscard]] Moments moments_of(const MarkerProducts& products, std::size_t events);

/// Variance of each marker within each node, [nodes][markers], scaled units squared; 0 for empty nodes.
/// `node_events` is [nodes].
[[nodiscard]] Matrix<double> within_node_variance(const NodeSquares& squares,
                                                  const std::vector<std::uint64_t>& node_events);

}  // namespace gateless::cluster
