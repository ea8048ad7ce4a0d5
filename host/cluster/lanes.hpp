// Four doubles or eight floats at a time, on any machine: the compiler makes of them what the machine has, and the bits are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

// Lanes are never passed between functions that are not inlined, so their place in registers does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace gateless {

inline constexpr std::size_t kLanes = 4;
using Lanes = double __attribute__((vector_size(32)));
using WholeLanes = std::int64_t __attribute__((vector_size(32)));

inline constexpr std::size_t kFloatLanes = 8;
using FloatLanes = float __attribute__((vector_size(32)));

#define GATELESS_INLINE [[gnu::always_inline]] inline

GATELESS_INLINE Lanes load(const double* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

GATELESS_INLINE FloatLanes load_floats(const float* from) {
  FloatLanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

/// Four floats as doubles.
GATELESS_INLINE Lanes widen(const float* from) {
  using FourFloats = float __attribute__((vector_size(16)));
  FourFloats narrow;
  std::memcpy(&narrow, from, sizeof narrow);
  return __builtin_convertvector(narrow, Lanes);
}

GATELESS_INLINE double total(Lanes lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }

/// e^x for -700 <= x <= 700, relative error below 1e-12: 2^n of the whole part of x / ln 2 by its bits, Taylor's series of the rest.
GATELESS_INLINE Lanes exp_lanes(Lanes x) {
  constexpr double kPerLn2 = 1.4426950408889634, kHigh = 0x1.62e42feep-1,
                   kLow = 0x1.a39ef35793c76p-33;
  constexpr double kRounds = 0x1.8p52;  // adding it leaves a whole number in the lowest bits
  const Lanes kept = x < -700.0 ? Lanes{} - 700.0 : (x > 700.0 ? Lanes{} + 700.0 : x);
  const Lanes shifted = kept * kPerLn2 + kRounds;
  const Lanes whole = shifted - kRounds;
  const Lanes r = (kept - whole * kHigh) - whole * kLow;
  // Taylor's series to the 10th power, in pairs: short chains of operations.
  const Lanes r2 = r * r, r4 = r2 * r2;
  const Lanes low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0));
  const Lanes middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0));
  const Lanes high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0);
  Lanes series = low + r4 * (middle + r4 * high);
  WholeLanes bits, power;
  std::memcpy(&bits, &series, sizeof bits);
  std::memcpy(&power, &shifted, sizeof power);
  bits += power << 52;
  std::memcpy(&series, &bits, sizeof series);
  return series;
}

}  // namespace gateless
