// Nodes that stand for two populations get a prototype for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/cluster/node_samples.hpp"
#include "host/cluster/noise_units.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// Divides the events of each node in two (2-means from the ends of their widest direction, in noise units). If a valley
/// separates the halves, the node moves to one half and a new node, appended to the codebook, to the other: each by the
/// difference of its half's mean from the mean of both. At most `most` new nodes, for the nodes with the most events. Returns
/// how many.
std::size_t split_nodes(Matrix<float>& codebook, const NodeSamples& samples,
                        const NoiseUnits& units, const std::vector<std::uint64_t>& node_events,
                        std::size_t most, std::size_t threads);

}  // namespace gateless::cluster
