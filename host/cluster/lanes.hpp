// Sixteen floats at a time, on any machine: the compiler makes of them what the machine has, and the bits are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

// Lanes are never passed between functions that are not inlined, so their place in registers does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace gateless {

inline constexpr std::size_t kLanes = 16;

#define GATELESS_INLINE [[gnu::always_inline]] inline

/// Two vectors as wide as AVX2 has them: wider ones are taken to pieces, element by element, where a machine has no such.
struct Lanes {
  using Half = float __attribute__((vector_size(32)));
  Half low{}, high{};

  GATELESS_INLINE Lanes() = default;
  GATELESS_INLINE Lanes(Half first, Half second) : low(first), high(second) {}
  GATELESS_INLINE Lanes(float all)
      : low(Half{} + all), high(Half{} + all) {}  // NOLINT: as literals

  GATELESS_INLINE friend Lanes operator+(Lanes a, Lanes b) {
    return {a.low + b.low, a.high + b.high};
  }
  GATELESS_INLINE friend Lanes operator-(Lanes a, Lanes b) {
    return {a.low - b.low, a.high - b.high};
  }
  GATELESS_INLINE friend Lanes operator*(Lanes a, Lanes b) {
    return {a.low * b.low, a.high * b.high};
  }
  GATELESS_INLINE friend Lanes operator/(Lanes a, Lanes b) {
    return {a.low / b.low, a.high / b.high};
  }
  GATELESS_INLINE Lanes& operator+=(Lanes other) { return *this = *this + other; }
};

/// The same of whole numbers.
struct WholeLanes {
  using Half = std::int32_t __attribute__((vector_size(32)));
  Half low, high;
};

GATELESS_INLINE Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes.low, from, sizeof lanes.low);
  std::memcpy(&lanes.high, from + kLanes / 2, sizeof lanes.high);
  return lanes;
}

GATELESS_INLINE void store(Lanes lanes, float* to) {
  std::memcpy(to, &lanes.low, sizeof lanes.low);
  std::memcpy(to + kLanes / 2, &lanes.high, sizeof lanes.high);
}

/// `one` in the lanes where `sign` is below zero, else `other`; by bits, because without AVX2 g++ splits comparisons of vectors.
GATELESS_INLINE Lanes::Half where_negative(Lanes::Half sign, Lanes::Half one, Lanes::Half other) {
  WholeLanes::Half mask, first, second;
  std::memcpy(&mask, &sign, sizeof mask);
  std::memcpy(&first, &one, sizeof first);
  std::memcpy(&second, &other, sizeof second);
  mask >>= 31;
  first = (first & mask) | (second & ~mask);
  std::memcpy(&one, &first, sizeof one);
  return one;
}

/// In each lane `one` where `sign` is below zero, else `other`.
GATELESS_INLINE Lanes where_negative(Lanes sign, Lanes one, Lanes other) {
  return {where_negative(sign.low, one.low, other.low),
          where_negative(sign.high, one.high, other.high)};
}

GATELESS_INLINE float total(Lanes lanes) {
  using Four = float __attribute__((vector_size(16)));
  const Lanes::Half eight = lanes.low + lanes.high;
  const Four four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                    __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  return (four[0] + four[1]) + (four[2] + four[3]);
}

/// 2^n x, n being the whole number in the lowest bits of `shifted`.
GATELESS_INLINE Lanes::Half scale(Lanes::Half x, Lanes::Half shifted) {
  using Bits =
      std::uint32_t __attribute__((vector_size(32)));  // lanes that nobody looks at may wrap
  Bits bits, power;
  std::memcpy(&bits, &x, sizeof bits);
  std::memcpy(&power, &shifted, sizeof power);
  bits += power << 23;
  std::memcpy(&x, &bits, sizeof x);
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
  const Lanes series = low + (r2 * r2) * high;
  return {scale(series.low, shifted.low), scale(series.high, shifted.high)};
}

}  // namespace gateless
