// What is designed: how much of each cell there is in a patient at a visit, and how active the disease is.
// Four of six patients lose abnormal memory B cells and gain non-reactive ones, two of these gain Tregs as
// well, two patients do not change.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "host/simulate/random_stream.hpp"

namespace gateless::simulate {

/// A share of a larger part, e.g. b_dn2 within b_dn. Shares within one part are weights: they need not
/// sum to anything.
struct Portion {
  std::string name;                   ///< a part, or a cell type
  std::string within;                 ///< empty for the whole
  double healthy = 0.0, lupus = 0.0;  ///< weight
  double donor_spread = 0.0;          ///< coefficient of variation between donors
};

/// All portions; parts stand before what they are made of.
[[nodiscard]] const std::vector<Portion>& portions();

using Weights = std::map<std::string, double>;  ///< portion -> weight

/// The visits of a patient, in order; the first is the baseline.
[[nodiscard]] const std::vector<std::string>& visits();

/// One line of the design.
struct VisitCourse {
  double asc;                               ///< % of B cells
  double naive_gate, usm, swm, dn;          ///< % of B cells other than ASC
  double transitional, activated, anergic;  ///< % of IgD+CD27- B cells; the rest is resting
  double swm_activated;                     ///< % of switched memory
  double dn1, dn2, dn3;                     ///< % of DN
  double treg;                              ///< % of CD4
  double sledai;                            ///< points
};

/// The designed course of a patient; from the seventh patient on the courses repeat.
[[nodiscard]] const VisitCourse& designed_course(std::size_t patient, std::size_t visit);

/// What a donor brings along at all visits.
[[nodiscard]] Weights healthy_weights(RandomStream& donor);
[[nodiscard]] Weights lupus_weights(RandomStream& donor);
/// With the designed course of a visit put in.
[[nodiscard]] Weights at_visit(Weights weights, const VisitCourse& course);
/// With memory cells that no rule names: 0.5 % of B cells in patients and 0.02 % in the healthy, at every visit.
[[nodiscard]] Weights with_unnamed_memory(Weights weights, bool is_healthy);
/// With the variation from one bleeding to the next: a portion by about 5 %, what is nearly all of its part by
/// less, and never so much that the absence of a change looks like a change of 25 %.
[[nodiscard]] Weights with_visit_variation(Weights weights, RandomStream& visit);

/// Fraction of leukocytes of each of cell_types().
[[nodiscard]] std::vector<double> composition(const Weights& weights);

/// Fraction of the parent, for each of true_subsets(); 0 for the root.
[[nodiscard]] std::vector<double> fractions_of_parent(const std::vector<double>& composition);

}  // namespace gateless::simulate
