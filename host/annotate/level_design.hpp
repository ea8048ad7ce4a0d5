// Which levels of one marker the rules of siblings set apart: neighbouring tiers that all rules treat alike are one level.
#pragma once

#include <string>
#include <vector>

#include "host/core/level_tiers.hpp"

namespace gateless::annotate {

/// Which levels of a marker the rules of a population need.
struct LevelDemand {
  std::vector<TierSet> tiers;  ///< [rules], what each allows; 0: it has no rule for the marker
  /// The other levels are needed too, although no rule names them.
  bool is_complemented = false;
  bool has_dim =
      false;  ///< low stays a level of its own, even where every rule treats it as negative
};

/// The levels as sets of tiers, rising. With fewer than two the marker separates nothing. If every rule asks for the same
/// level, the marker still separates it from events that no rule describes. Tiers that no rule allows join a neighbour.
[[nodiscard]] std::vector<TierSet> set_apart_levels(const LevelDemand& demand);

/// How a level is written behind its marker: "-", "low", "+", "high", "-/low", "-/+".
[[nodiscard]] std::string level_text(TierSet tiers);

}  // namespace gateless::annotate
