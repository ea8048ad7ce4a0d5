// The fields of what clustering finishes, for the pieces of an interrupted run.
#pragma once

#include "host/cluster/cluster.hpp"
#include "host/cluster/metacluster.hpp"
#include "host/core/piece_values.hpp"

namespace gateless {

auto fields_of(Itself<Scaling> auto& x) {
  auto& [shift, scale] = x;
  return std::tie(shift, scale);
}
auto fields_of(Itself<Clustering> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j);
}
auto fields_of(Itself<Metaclusters> auto& x) {
  auto& [of_node, count, stability] = x;
  return std::tie(of_node, count, stability);
}

}  // namespace gateless
