// Where the nodes of a map lie in the plane: neighbours together for the picture of events, a tree for star plots.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless {

/// Nodes that are alike lie together: t-SNE (van der Maaten & Hinton, J Mach Learn Res 9:2579, 2008) of the nodes, started
/// from their principal components, without a random number. [nodes][2], one unit is the mean distance to the nearest node.
/// Depends on the codebook alone, so that new samples on a frozen model fall into the same picture.
[[nodiscard]] Matrix<double> layout_nodes(const Matrix<double>& nodes);

/// The minimum spanning tree of the nodes (Prim): pairs of nodes, one less than there are nodes.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> spanning_tree(
    const Matrix<double>& nodes);

/// Places for the nodes of a tree such that distances in the plane are path lengths as nearly as possible (stress majorisation;
/// Gansner, Koren & North, Graph Drawing 2004). [nodes][2], one unit is an edge.
[[nodiscard]] Matrix<double> layout_tree(
    std::size_t nodes, const std::vector<std::pair<std::size_t, std::size_t>>& edges);

}  // namespace gateless
