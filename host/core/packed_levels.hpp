// Small numbers and grids of counts as text: a byte each, none that JSON or HTML would have to escape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "host/core/matrix.hpp"

namespace gateless {

/// Numbers that one character can hold: 0 to kPackedLevels - 1.
inline constexpr int kPackedLevels = 90;
/// The largest level of a count; levels beyond it are runs of empty bins.
inline constexpr int kTopPackedCount = 62;

/// The character of a level; levels beyond the ends count as the ends.
[[nodiscard]] char packed_level(int level);
/// A share 0..1 in one character.
[[nodiscard]] char packed_share(double share);
/// A share 0..1 in two characters, the coarse one first.
[[nodiscard]] std::string packed_fine_share(double share);

/// Counts on a log scale, row by row: 0 for none, else 1 + 4 ln(count) up to 62; 62 + r stands for r empty bins.
[[nodiscard]] std::string packed_counts(const Matrix<std::uint64_t>& counts);

}  // namespace gateless
