// Small groups of events that no node stands for: too few to draw a node in training, but compact and apart.
#pragma once

#include "host/cluster/far_events.hpp"
#include "host/compute/backend.hpp"
#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"

namespace gateless::cluster {

/// Prototypes of far groups, [groups][markers], scaled units; at most `most`, the largest first.
/// An event is far if its squared distance from its node, in units of the noise within nodes, lies more than six standard
/// deviations above the mean of a chi-squared variable with one degree of freedom per marker. The middle of a group is the far
/// event of a region with the most neighbours (within the distance of most pairs of a Gaussian population). A group needs
/// 20 events, and a valley on the line from the nearest node: at most half as many events, by three standard errors.
/// `resident`, where it is given, has these events and may find the far ones faster.
[[nodiscard]] Matrix<float> find_far_groups(EventView events, const Scaling& scaling,
                                            const TrainedNodes& trained, std::size_t most,
                                            std::size_t threads,
                                            ResidentEvents* resident = nullptr);

}  // namespace gateless::cluster
