// Eight floats at a time, on any machine: the compiler makes of them what the machine has, and the bits are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

// Lanes are never passed between functions that are not inlined, so their place in registers does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace gateless::cluster {

inline constexpr std::size_t kLanes = 8;

#define GATELESS_INLINE [[gnu::always_inline]] inline

/// A vector as wide as AVX2 has them: a wider one is split, element by element, where a machine has none.
struct Lanes {
  using Vector = float __attribute__((vector_size(32)));
  Vector of{};

  GATELESS_INLINE Lanes() = default;
  GATELESS_INLINE Lanes(Vector all) : of(all) {}            // NOLINT: as literals
  GATELESS_INLINE Lanes(float all) : of(Vector{} + all) {}  // NOLINT: as literals

  GATELESS_INLINE friend Lanes operator+(Lanes a, Lanes b) { return a.of + b.of; }
  GATELESS_INLINE friend Lanes operator-(Lanes a, Lanes b) { return a.of - b.of; }
  GATELESS_INLINE friend Lanes operator*(Lanes a, Lanes b) { return a.of * b.of; }
  GATELESS_INLINE friend Lanes operator/(Lanes a, Lanes b) { return a.of / b.of; }
  GATELESS_INLINE Lanes& operator+=(Lanes other) { return *this = *this + other; }
};

/// As many whole numbers.
using WholeLanes = std::int32_t __attribute__((vector_size(32)));

GATELESS_INLINE Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes.of, from, sizeof lanes.of);
  return lanes;
}

GATELESS_INLINE void store(Lanes lanes, float* to) { std::memcpy(to, &lanes.of, sizeof lanes.of); }

/// In each lane `one` where `sign` is below zero, else `other`; by bits, because without AVX2 g++ splits comparisons of vectors.
GATELESS_INLINE Lanes where_negative(Lanes sign, Lanes one, Lanes other) {
  WholeLanes mask, first, second;
  std::memcpy(&mask, &sign.of, sizeof mask);
  std::memcpy(&first, &one.of, sizeof first);
  std::memcpy(&second, &other.of, sizeof second);
  mask >>= 31;
  first = (first & mask) | (second & ~mask);
  std::memcpy(&one.of, &first, sizeof one.of);
  return one;
}

GATELESS_INLINE float total(Lanes lanes) {
  using Four = float __attribute__((vector_size(16)));
  const Four four = __builtin_shufflevector(lanes.of, lanes.of, 0, 1, 2, 3) +
                    __builtin_shufflevector(lanes.of, lanes.of, 4, 5, 6, 7);
  return (four[0] + four[1]) + (four[2] + four[3]);
}

/// 2^n x, n being the whole number in the lowest bits of `shifted`.
GATELESS_INLINE Lanes scale(Lanes x, Lanes shifted) {
  using Bits =
      std::uint32_t __attribute__((vector_size(32)));  // lanes that nobody looks at may wrap
  Bits bits, power;
  std::memcpy(&bits, &x.of, sizeof bits);
  std::memcpy(&power, &shifted.of, sizeof power);
  bits += power << 23;
  std::memcpy(&x.of, &bits, sizeof x.of);
  return x;
}

/// e^x for -80 <= x <= 80 (-80 for all below), relative error below 1e-6: 2^n of the whole part of x / ln 2 by its bits, Taylor's series of the rest.
GATELESS_INLINE Lanes exp_lanes(Lanes x) {
  constexpr float kPerLn2 = 1.44269504F, kHigh = 0x1.62e4p-1F, kLow = 0x1.7f7d1cp-20F;
  constexpr float kRounds = 0x1.8p23F;  // adding it leaves a whole number in the lowest bits
  const Lanes kept = where_negative(x + 80.0F, -80.0F, x);
  const Lanes shifted = kept * kPerLn2 + kRounds;
  const Lanes whole = shifted - kRounds;
  const Lanes r = (kept - whole * kHigh) - whole * kLow;
  const Lanes r2 = r * r;
  const Lanes low = (1.0F + r) + r2 * (0.5F + r * (1.0F / 6.0F));
  const Lanes high = (1.0F / 24.0F + r * (1.0F / 120.0F)) + r2 * (1.0F / 720.0F);
  return scale(low + (r2 * r2) * high, shifted);
}

}  // namespace gateless::cluster
