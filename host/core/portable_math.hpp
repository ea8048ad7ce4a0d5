// Elementary functions of basic operations and explicit fma only: the same bits on every host and device,
// which the math libraries of hosts and devices do not give. Double, at most 2 ulp from the exact value.
#pragma once

#include <cmath>
#include <cstdint>
#ifndef __CUDA_ARCH__
#include <bit>
#endif

#ifdef __CUDACC__
#define GATELESS_HOST_DEVICE __host__ __device__
#else
#define GATELESS_HOST_DEVICE
#endif

namespace gateless::portable {

// Literals, because the functions of numeric_limits cannot be called on a device.
inline constexpr double kLargest = 0x1.fffffffffffffp+1023;
inline constexpr double kSmallestNormal = 0x1p-1022;
inline constexpr double kLn2 = 0.6931471805599453;
inline constexpr double kLn10 = 2.302585092994046;
// ln 2 in two parts; the first has 21 trailing zero bits, so that its product with an exponent is exact.
inline constexpr double kLn2High = 0x1.62e42feep-1;
inline constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

GATELESS_HOST_DEVICE inline std::uint64_t bits_of(double value) {
#ifdef __CUDA_ARCH__
  return static_cast<std::uint64_t>(__double_as_longlong(value));
#else
  return std::bit_cast<std::uint64_t>(value);
#endif
}

GATELESS_HOST_DEVICE inline double from_bits(std::uint64_t bits) {
#ifdef __CUDA_ARCH__
  return __longlong_as_double(static_cast<long long>(bits));
#else
  return std::bit_cast<double>(bits);
#endif
}

/// log(1 + f) - f, for 1 + f in [sqrt(1/2), sqrt(2)], by 2 atanh(s) with s = f / (2 + f):
/// as f = 2 s + s f, the large part f stays exact.
GATELESS_HOST_DEVICE inline double log1p_minus(double f) {
  const double s = f / (2.0 + f);
  const double z = s * s;
  double series = 2.0 / 23.0;
  series = std::fma(series, z, 2.0 / 21.0);
  series = std::fma(series, z, 2.0 / 19.0);
  series = std::fma(series, z, 2.0 / 17.0);
  series = std::fma(series, z, 2.0 / 15.0);
  series = std::fma(series, z, 2.0 / 13.0);
  series = std::fma(series, z, 2.0 / 11.0);
  series = std::fma(series, z, 2.0 / 9.0);
  series = std::fma(series, z, 2.0 / 7.0);
  series = std::fma(series, z, 2.0 / 5.0);
  series = std::fma(series, z, 2.0 / 3.0);
  return -s * std::fma(-series, z, f);
}

/// Natural logarithm; -inf at 0, NaN below.
GATELESS_HOST_DEVICE inline double log(double x) {
  if (!(x > 0.0)) {
    return x == 0.0 ? -static_cast<double>(INFINITY) : static_cast<double>(NAN);
  }
  if (x > kLargest) return x;
  double exponent = 0.0;
  if (x < kSmallestNormal) {
    x *= 0x1p54;
    exponent = -54.0;
  }
  std::uint64_t bits = bits_of(x);
  // Adding the distance of 1 to sqrt(1/2) before the split brings the mantissa into [sqrt(1/2), sqrt(2)).
  constexpr std::uint64_t kOne = 0x3ff0000000000000U;
  constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcdU;
  bits += kOne - kRootHalf;
  const auto shift = static_cast<std::int64_t>(bits >> 52U) - 1023;
  exponent += static_cast<double>(shift);
  const double f = from_bits((bits & 0x000fffffffffffffU) + kRootHalf) - 1.0;
  const double small = std::fma(exponent, kLn2Low, log1p_minus(f));
  return std::fma(exponent, kLn2High, f + small);
}

/// log(1 + x), accurate near 0.
GATELESS_HOST_DEVICE inline double log1p(double x) {
  if (x > -0.29 && x < 0.41) return x + log1p_minus(x);
  const double sum = 1.0 + x;
  if (!(sum > 0.0) || sum > 0x1p53) return log(sum);
  return log(sum) + (x - (sum - 1.0)) / sum;
}

/// 2^exponent for exponents of normal numbers.
GATELESS_HOST_DEVICE inline double power_of_two(std::int64_t exponent) {
  return from_bits(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

/// exp(r) - 1 - r, for |r| <= 0.7, by its Taylor series.
GATELESS_HOST_DEVICE inline double exp_tail(double r) {
  double factor = 1.0;  // of the nested form r^2/2 (1 + r/3 (1 + r/4 (...)))
  for (int n = 18; n >= 3; --n) factor = std::fma(factor, r / static_cast<double>(n), 1.0);
  return 0.5 * r * r * factor;
}

/// Exponential; 0 and inf beyond the range of double.
GATELESS_HOST_DEVICE inline double exp(double x) {
  if (x != x) return x;
  if (x > 709.79) return static_cast<double>(INFINITY);
  if (x < -745.14) return 0.0;
  const double turns = std::floor(std::fma(x, 1.0 / kLn2, 0.5));
  const double high = std::fma(-turns, kLn2High, x);
  const double low = turns * kLn2Low;
  const double r = high - low;
  const double lost = (high - r) - low;  // what the subtraction rounded away
  const double value = 1.0 + (r + (lost + exp_tail(r)));
  // In two factors, because 2^1024 and 2^-1074 are not normal numbers.
  const auto exponent = static_cast<std::int64_t>(turns);
  const std::int64_t half = exponent / 2;
  return value * power_of_two(half) * power_of_two(exponent - half);
}

/// exp(x) - 1, accurate near 0.
GATELESS_HOST_DEVICE inline double expm1(double x) {
  if (x > -0.7 && x < 0.7) return x + exp_tail(x);
  return exp(x) - 1.0;
}

/// Inverse hyperbolic sine.
GATELESS_HOST_DEVICE inline double asinh(double x) {
  const double size = std::fabs(x);
  if (!(size <= kLargest)) return x;
  double value = size;
  if (size > 0x1p28) {
    value = log(size) + kLn2;
  } else if (size > 0x1p-28) {
    const double root = std::sqrt(std::fma(size, size, 1.0));
    value = log1p(std::fma(size, size / (1.0 + root), size));
  }
  return std::copysign(value, x);
}

/// Hyperbolic sine.
GATELESS_HOST_DEVICE inline double sinh(double x) {
  const double size = std::fabs(x);
  double value = 0.0;
  if (size < 1.0) {
    const double z = size * size;
    double factor = 1.0;
    for (int n = 20; n >= 4; n -= 2) {
      factor = std::fma(factor, z / (static_cast<double>(n) * static_cast<double>(n + 1)), 1.0);
    }
    value = std::fma(size * (z / 6.0), factor, size);
  } else if (size < 40.0) {
    const double power = exp(size);
    value = 0.5 * (power - 1.0 / power);
  } else {
    const double root = exp(0.5 * size);  // exp(size) itself may be beyond the range
    value = 0.5 * root * root;
    if (size < 709.0) value = 0.5 * exp(size);
  }
  return std::copysign(value, x);
}

}  // namespace gateless::portable
