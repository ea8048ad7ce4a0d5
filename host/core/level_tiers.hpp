// Levels as sets of four tiers (neg, low, int, high), so that "pos" and lists of levels can be compared.
#pragma once

#include <cstdint>
#include <vector>

#include "host/core/knowledge.hpp"

namespace gateless {

using TierSet = std::uint8_t;  ///< bit 0 neg, 1 low, 2 int, 3 high

inline constexpr TierSet kNegTier = 1, kLowTier = 2, kIntTier = 4, kHighTier = 8;

/// The tiers that `levels` name. A list with `pos` names none: it means any positive level.
[[nodiscard]] inline TierSet distinguished_tiers(const std::vector<Level>& levels) {
  unsigned tiers = 0;
  for (const Level level : levels) {
    if (level == Level::kPos) return 0;
    if (level == Level::kNeg) tiers |= kNegTier;
    if (level == Level::kLow) tiers |= kLowTier;
    if (level == Level::kInt) tiers |= kIntTier;
    if (level == Level::kHigh) tiers |= kHighTier;
  }
  return static_cast<TierSet>(tiers);
}

/// The tiers that `levels` allow. `pos` is every tier above neg, but for low and high where a sibling
/// sets these apart (`distinguished_by_siblings`).
[[nodiscard]] inline TierSet allowed_tiers(const std::vector<Level>& levels,
                                           TierSet distinguished_by_siblings) {
  unsigned tiers = 0;
  for (const Level level : levels) {
    if (level == Level::kNeg) tiers |= kNegTier;
    if (level == Level::kLow) tiers |= kLowTier;
    if (level == Level::kInt) tiers |= kIntTier;
    if (level == Level::kHigh) tiers |= kHighTier;
    if (level != Level::kPos) continue;
    tiers |= kIntTier;
    if ((distinguished_by_siblings & kLowTier) == 0) tiers |= kLowTier;
    if ((distinguished_by_siblings & kHighTier) == 0) tiers |= kHighTier;
  }
  return static_cast<TierSet>(tiers);
}

}  // namespace gateless
