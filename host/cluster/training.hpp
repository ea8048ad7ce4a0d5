// The two ways of training a codebook: batch SOM and k-means. Both see the events only through passes.
#pragma once

#include <functional>

#include "host/cluster/moments.hpp"
#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"
#include "host/core/study.hpp"

namespace gateless::cluster {

/// One look at the events with this codebook.
using Pass = std::function<NodeSums(const Matrix<float>& codebook)>;

/// Prototypes on the plane of the two largest principal components, a grid of the options' width and height,
/// node = row * width + column. A function of the events as a set: their order does not matter.
[[nodiscard]] Matrix<float> start_on_plane(const Moments& moments, const ClusterOptions& options);

/// Batch SOM with a bubble neighbourhood in Chebyshev distance on the grid. Its radius falls linearly from the
/// 2/3 quantile of the grid's distances to 0 over two thirds of the epochs; the others, of radius 0, are Lloyd
/// iterations, which bring the nodes to where the events are (without them a map keeps nodes between populations).
/// [nodes][markers], scaled units.
[[nodiscard]] Matrix<float> train_som(Matrix<float> codebook, const ClusterOptions& options,
                                      const Pass& pass);

/// Every prototype at the mean of its events; a node without events keeps its prototype.
[[nodiscard]] Matrix<float> update_means(Matrix<float> codebook, const NodeSums& sums);

/// k-means++ seeding (Arthur & Vassilvitskii, SODA 2007) on a stratified subsample of at most so many events.
[[nodiscard]] Matrix<float> start_by_seeding(EventView events, const Scaling& scaling,
                                             const ClusterOptions& options,
                                             std::size_t seeding_events = 20000);

/// Lloyd iterations, one an epoch.
[[nodiscard]] Matrix<float> train_kmeans(Matrix<float> codebook, const ClusterOptions& options,
                                         const Pass& pass);

/// Moves every empty node next to the node with the largest within-node error, which is split along its widest
/// marker. Returns how many were moved.
std::size_t refill_empty_nodes(Matrix<float>& codebook, const std::vector<std::uint64_t>& counts,
                               const Matrix<double>& variance);

}  // namespace gateless::cluster
