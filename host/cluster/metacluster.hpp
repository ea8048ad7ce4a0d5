// Nodes -> metaclusters: sets of nodes that hold one population.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/cluster/node_samples.hpp"
#include "host/cluster/resampling.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cluster {

struct Metaclusters {
  std::vector<std::uint32_t> of_node;  ///< [nodes], 0-based, by falling number of events
  std::size_t count = 0;
  /// How surely each is found again, 0..1: the Jaccard similarity with the most similar group of a cut of a resample,
  /// mean over these (cluster-wise stability; Hennig, Comput. Stat. Data Anal. 2007). Not a number for a far group,
  /// which a test has found and resamples are too small to hold. [count]
  std::vector<double> stability;
};

/// Consensus over resamples (evidence accumulation; Fred & Jain, IEEE TPAMI 2005): the distance of two nodes is the
/// share of resamples' cuts that keep them apart, more where markers' borders lie between them and the cuts disagree
/// (marker_borders.hpp), and average linkage joins those nearer than 0.63, unless the events show a valley between them.
/// Groups so near each other that two populations would look like one are joined, too.
/// An empty node joins the metacluster of the nearest that holds events. Nodes from `first_far` on hold compact groups
/// that lie far from everything else; each is a metacluster of its own.
/// `requested` is the number of metaclusters, 0 for the program's choice; never more than nodes with events. Where it is
/// given, the tree of the consensus alone decides, whatever valleys there are.
[[nodiscard]] Metaclusters metacluster_nodes(const Matrix<float>& codebook,
                                             const std::vector<std::uint64_t>& node_events,
                                             const std::vector<Shares>& resamples,
                                             const NodeSamples& samples, std::size_t first_far,
                                             std::size_t requested);

}  // namespace gateless::cluster
