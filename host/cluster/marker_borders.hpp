// Where a marker's negative events end and its positive ones begin, seen over all events: the borders that experts draw,
// also through populations that have no valley of their own.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "host/cluster/node_samples.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// The border of a marker with two modes.
struct MarkerBorder {
  double low = 0.0;     ///< two ways to draw it: below both a value is negative,
  double high = 0.0;    ///< above both positive, and between them it is so in part
  double weight = 0.0;  ///< how surely the marker has two modes, above 0 to 1

  /// How far a value is positive, 0..1.
  [[nodiscard]] double positive(double value) const;
};

/// The border of one marker: between Otsu's (IEEE Trans. Syst. Man Cybern. 1979), which lies in the middle, and the place
/// where two normal distributions, fitted from there by expectation and maximisation, are equally likely, which is nearer
/// to the rarer one. Nothing where these lie within 2 standard deviations of each other, so that they have one mode
/// together (Behboodian, Technometrics 1970), or one of them holds less than 1 % of the events; the weight grows to 1 at 3.2
/// standard deviations. `values` are in any unit, `weights` how many events each stands for; [events].
[[nodiscard]] std::optional<MarkerBorder> border_of(std::span<const float> values,
                                                    std::span<const double> weights);

/// How far two nodes lie on the same sides of all markers' borders, 0..1: the probability for an event of each, markers
/// taken as independent within a node. Below the diagonal of [nodes][nodes]; `nodes` hold events.
[[nodiscard]] Matrix<double> sides_shared(const NodeSamples& samples,
                                          const std::vector<std::size_t>& nodes);

}  // namespace gateless::cluster
