// Where the nodes of a map lie in the picture of events: neighbours together.
#pragma once

#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// Nodes that are alike lie together: t-SNE (van der Maaten & Hinton, J Mach Learn Res 9:2579, 2008) of the nodes, started
/// from their principal components, without a random number. [nodes][2], one unit is the mean distance to the nearest node.
/// Depends on the codebook alone, so that new samples on a frozen model fall into the same picture.
[[nodiscard]] Matrix<double> layout_nodes(const Matrix<double>& nodes);

}  // namespace gateless::cluster
