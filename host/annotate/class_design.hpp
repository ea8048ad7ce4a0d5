// The classes of a mixture among themselves: what no rule describes, and whether core markers alone tell them apart.
#pragma once

#include <cstdint>

#include "host/annotate/mixture_design.hpp"

namespace gateless::annotate {

/// Every level of a marker.
[[nodiscard]] LevelSet all_levels(const MarkerDesign& marker);

/// Adds classes for the combinations of core levels that no rule describes; they belong to `rest_subset` (-1: none). If there
/// are many, one broad class stands for all of them.
void add_uncovered(MixtureDesign& mixture, std::int16_t rest_subset);

/// Whether positive and negative core markers tell every two siblings apart, as IgD and CD27 do: then each event lies
/// on one side of each border, and nothing else has a say.
[[nodiscard]] bool are_quadrants(const MixtureDesign& mixture);

/// Removes the supporting markers, and classes that are equal without them.
void drop_support(MixtureDesign& mixture);

}  // namespace gateless::annotate
