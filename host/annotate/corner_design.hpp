// Corners: subsets that are the brightest cells of two markers at once, or those with much of one and little of the other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/annotate/class_rules.hpp"
#include "host/annotate/mixture_design.hpp"

namespace gateless::annotate {

/// Two markers of which some siblings ask for the brightest cells, and which siblings these are.
struct Corner {
  std::string x, y;
  std::vector<bool> is_asked;                 ///< [rules]
  bool is_x_down = false, is_y_down = false;  ///< little of it is asked for
};

/// Takes the two markers out of the rules that ask for the brightest cells of both: the corner takes their place. None where
/// no rule asks for a corner.
[[nodiscard]] std::optional<Corner> take_corner(std::vector<ClassRules>& rules,
                                                const PanelSubsets& subsets);

/// Where its modes lie is learned.
[[nodiscard]] CornerAxis axis_of(const Corner& corner, const PanelSubsets& subsets);

/// Adds the corner to the design of the rules that it was taken from; `row` is that of its axis.
void add_corner(MixtureDesign& mixture, const Corner& corner, std::size_t row);

}  // namespace gateless::annotate
