// What is written about a cluster that has a name: the levels of its markers, and what speaks for and against the name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/knowledge.hpp"

namespace gateless::annotate {

/// How many events of a cluster are called each subset; the last: unassigned. [subsets + 1]
using EventsCalled = std::vector<std::size_t>;

struct NamedCluster {
  std::int16_t subset = -1;     ///< -1: unassigned
  double share = 0.0;           ///< of its events that are called so
  std::vector<double> medians;  ///< [rows of the model], markers and corners
  EventsCalled called;
  std::size_t events = 0;
};

struct ClusterWords {
  /// For every marker on the way to the subset, the level nearest to the cluster's median, as it was learned deepest on
  /// that way: "CD19+ CD27-".
  std::string phenotype;
  /// The share of events called so, the runner-up, and the markers that speak most for and against.
  std::string explanation;
};

[[nodiscard]] ClusterWords words_of(const NamedCluster& named, const SubsetModel& model,
                                    const Knowledge& knowledge);

/// The subsets from the root down to `subset`, the root first.
[[nodiscard]] std::vector<std::int16_t> path_to(const SubsetModel& model, std::int16_t subset);

}  // namespace gateless::annotate
