#include "host/annotate/level_design.hpp"

#include <algorithm>

namespace gateless::annotate {
namespace {

/// One level only is asked for: its counterpart is kept, to tell it from what no rule describes.
std::vector<TierSet> with_counterpart(const std::vector<TierSet>& atoms,
                                      const std::vector<bool>& is_used) {
  TierSet rest = 0, asked = 0;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    TierSet& side = is_used[i] ? asked : rest;
    side = static_cast<TierSet>(side | atoms[i]);
  }
  if (asked == 0 || rest == 0) return {};
  return (asked & kNegTier) != 0 ? std::vector<TierSet>{asked, rest}
                                 : std::vector<TierSet>{rest, asked};
}

std::vector<TierSet> join_unused(const std::vector<TierSet>& atoms,
                                 const std::vector<bool>& is_used) {
  if (std::count(is_used.begin(), is_used.end(), true) < 2) return with_counterpart(atoms, is_used);
  std::vector<TierSet> joined;
  unsigned pending = 0;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (is_used[i]) {
      joined.push_back(static_cast<TierSet>(atoms[i] | pending));
      pending = 0;
    } else if (joined.empty()) {
      pending = atoms[i];
    } else if ((joined.back() & kNegTier) != 0 && (atoms[i] & kIntTier) != 0 &&
               i + 1 < atoms.size()) {
      joined.push_back(atoms[i]);  // positive is not negative, though nobody asks for it
    } else {
      joined.back() = static_cast<TierSet>(joined.back() | atoms[i]);
    }
  }
  return joined;
}

}  // namespace

std::vector<TierSet> set_apart_levels(const LevelDemand& demand) {
  std::vector<TierSet> atoms;
  std::vector<bool> is_used;
  for (const TierSet tier : {kNegTier, kLowTier, kIntTier, kHighTier}) {
    const bool used =
        demand.is_complemented || std::any_of(demand.tiers.begin(), demand.tiers.end(),
                                              [&](TierSet t) { return (t & tier) != 0; });
    const bool like_previous =
        !atoms.empty() && std::all_of(demand.tiers.begin(), demand.tiers.end(), [&](TierSet t) {
          return t == 0 || ((t & tier) != 0) == ((t & atoms.back()) != 0);
        });
    if (like_previous && used == is_used.back() && !(demand.has_dim && tier == kLowTier)) {
      atoms.back() = static_cast<TierSet>(atoms.back() | tier);
    } else {
      atoms.push_back(tier);
      is_used.push_back(used);
    }
  }
  return join_unused(atoms, is_used);
}

std::string level_text(TierSet tiers) {
  if ((tiers & kNegTier) != 0)
    return (tiers & kIntTier) != 0 ? "-/+" : (tiers & kLowTier) != 0 ? "-/low" : "-";
  if (tiers == kLowTier) return "low";
  if (tiers == kHighTier) return "high";
  return "+";
}

}  // namespace gateless::annotate
