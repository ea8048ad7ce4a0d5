// The nodes of a map as a tree, for star plots.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// The minimum spanning tree of the nodes (Prim): pairs of nodes, one less than there are nodes.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> spanning_tree(
    const Matrix<double>& nodes);

/// Places for the nodes of a tree such that distances in the plane are path lengths as nearly as possible (stress majorisation;
/// Gansner, Koren & North, Graph Drawing 2004). [nodes][2], one unit is an edge.
[[nodiscard]] Matrix<double> layout_tree(
    std::size_t nodes, const std::vector<std::pair<std::size_t, std::size_t>>& edges);

}  // namespace gateless::cluster
