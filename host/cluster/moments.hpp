// Sums over all events that training needs beside the node sums: exact integers, so that neither threads nor the
// order of events can change a bit.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"

namespace gateless {

/// Mean and covariance of the scaled events. Values are rounded to 2^-14 of the scaled unit first.
struct Moments {
  Eigen::VectorXd mean;  ///< [markers], scaled units
  Eigen::MatrixXd
      covariance;  ///< [markers][markers], scaled units squared, divided by the number of events
};

[[nodiscard]] Moments moments_of(EventView events, const Scaling& scaling, std::size_t threads);

/// Variance of each marker within each node, [nodes][markers], scaled units squared; 0 for empty nodes.
[[nodiscard]] Matrix<double> within_node_variance(EventView events, const Scaling& scaling,
                                                  std::span<const NodeIndex> node_of_event,
                                                  std::size_t nodes, std::size_t threads);

}  // namespace gateless
