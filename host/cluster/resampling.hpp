// Which nodes belong together, asked of many coarse clusterings of resampled events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"
#include "host/core/pieces.hpp"
#include "host/core/scaling.hpp"

namespace gateless::cluster {

/// One cut of a resample: for each node, the share of its events in each group. Rows sum to 1; [nodes][groups].
using Shares = Matrix<float>;

/// Clusters 60 bootstrap samples of the events, each by k-means with a number of nodes drawn from 60 to 150 and average
/// linkage of its nodes (Euclidean), and cuts each tree at five heights spread over 4 to 12 times the noise within nodes,
/// the granularity at which the populations of cytometry lie, from coarse to fine (more with fewer than six markers).
/// Each cut is a resample of its own here. Nodes that hold no event belong to no group.
/// `codebook` is [nodes][markers] in scaled units, `node_of_event` [events]. A function of events, codebook and seed.
/// `pieces` keep what is done; `threads` is at least 1.
[[nodiscard]] std::vector<Shares> resample(EventView events, const Scaling& scaling,
                                           const Matrix<float>& codebook,
                                           std::span<const NodeIndex> node_of_event,
                                           std::uint64_t seed, std::size_t threads, Pieces& pieces);

}  // namespace gateless::cluster
