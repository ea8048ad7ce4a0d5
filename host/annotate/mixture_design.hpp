// What the knowledge file asks of a panel: which subsets it can tell, and the mixtures that tell them, as sets of
// levels before anything is learned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/annotate/panel_subsets.hpp"
#include "host/annotate/subset_model.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/panel.hpp"

namespace gateless::annotate {

using LevelSet = std::uint8_t;  ///< bit l: level l is allowed

/// A marker of a mixture: its levels, each standing for tiers that no sibling sets apart.
struct MarkerDesign {
  std::size_t marker = 0;           ///< row of the events
  std::vector<std::string> levels;  ///< texts, rising: "-", "low", "+", "high"
  bool lowest_is_negative = true;   ///< the first level is the marker's negative one
  bool highest_is_bright = false;   ///< the last level is set apart from plain positive
  bool is_graded = false;           ///< its negative, dim and positive cells run into each other
  bool has_dim = false;        ///< the second level is the dim one between negative and positive
  bool is_of_lineage = false;  ///< of a mixture of the root
  bool is_of_overlay = false;  ///< of a mixture of one overlay and the rest of its parent
  /// Every sibling is told by it, and no other lineage has it (`only`): where the parent shows one population that does not
  /// stand out from other lineages, nobody can tell its positive from its negative cells.
  bool must_stand_out = false;
  bool has_border = false;  ///< two levels of quadrants: a border divides them
  /// Its siblings stand in for finer ones and are told by it alone: where the parent shows one mode, and nothing else where
  /// positive cells begin, they are not told.
  bool must_be_shown = false;
  bool is_corner = false;   ///< a corner axis: plain and high
  bool is_opposed = false;  ///< much of one marker of the corner, little of the other
  bool is_scatter = false;  ///< side scatter: levels at ratios of the lymphocytes' one
};

struct RuleDesign {
  LevelSet allowed = 0;  ///< all levels: no rule
  bool is_core = false;

  friend bool operator==(const RuleDesign&, const RuleDesign&) = default;
};

struct ClassDesign {
  std::int16_t subset = -1;
  std::vector<RuleDesign> rules;  ///< [markers of the mixture]
  bool is_further = false;        ///< a further rule of its subset (`also`)
};

struct MixtureDesign {
  std::int16_t parent = -1;
  std::string partition;
  std::vector<MarkerDesign> markers;
  std::vector<ClassDesign> classes;
  bool is_lineage = false;    ///< its parent is the root
  bool is_quadrants = false;  ///< positive and negative core markers alone tell its siblings apart
  bool has_other = false;     ///< a class for events that no rule describes is to be added
  bool needs_modes =
      false;  ///< told only where one of its markers shows two modes within the parent
  /// Of a corner with little of a marker: the siblings by each marker alone, where most of the parent has none of it, or a
  /// border of one is set by hand. At most one.
  std::vector<MixtureDesign> otherwise{};
};

struct AnnotationDesign {
  /// Corner axes, numbered after the rows of the events; where the modes lie is learned.
  std::vector<CornerAxis> corners;
  std::vector<ResolvedSubset> subsets;
  std::vector<UnresolvedSubset> unresolved;
  std::vector<MixtureDesign> mixtures;  ///< parents before children
};

/// `markers` names the rows of the events; dump channels of `panel` are evidence against what they exclude.
/// `blind`: markers that do not tell what they should within a population.
[[nodiscard]] AnnotationDesign design_annotation(const Knowledge& knowledge,
                                                 const std::vector<std::string>& markers,
                                                 const Panel& panel,
                                                 std::vector<BlindMarker> blind = {});

}  // namespace gateless::annotate
