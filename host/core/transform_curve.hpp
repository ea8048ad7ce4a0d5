// A transform as a table, the same bits on host and device: segments of equal ratio, a cubic on each. Log-spaced segments
// follow both curves, which are a line near 0 and a logarithm far from it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "host/core/columns.hpp"
#include "host/core/transform_value.hpp"

namespace gateless {

/// y(z) for z = |x| / unit as a cubic in v = 1 + z on each of 32 segments per octave of v, up to v = 2^24.
/// With h = v / 32 the Hermite error h^4 / 384 * |y''''| stays below 5e-8 (y'''' <= 6 / v^4 where y is a logarithm).
class TransformCurve {
 public:
  explicit TransformCurve(const Transform& transform);

  /// Whether values stay as they are.
  [[nodiscard]] bool is_identity() const { return coefficients_.kind == TransformKind::kNone; }

  /// The transformed value: within 1e-6 of transform_value(), monotone. Not for an identity.
  [[nodiscard]] GATELESS_HOST_DEVICE float operator()(float x) const {
    const double v = 1.0 + std::fabs(static_cast<double>(x)) * inverse_unit_;
    if (!(v < kLimit)) {
      return static_cast<float>(transform_value(coefficients_, static_cast<double>(x)));
    }
    const std::uint64_t bits = portable::bits_of(v);
    const Segment& s = segments_[(bits >> (52U - kBits)) - kFirstKey];
    // The mantissa's bits below the key say where v lies in its segment, 0 to 1.
    const double u = portable::from_bits(((bits << kBits) & kMantissa) | kOne) - 1.0;
    const double y = s.c0 + u * (s.c1 + u * (s.c2 + u * s.c3));
    return std::copysign(static_cast<float>(y), x);
  }

 private:
  struct Segment {
    double c0, c1, c2, c3;
  };
  struct Knot {
    double value, slope;  ///< y and dy / dv
  };
  static constexpr unsigned kBits = 5;
  static constexpr std::size_t kSegments = std::size_t{24} << kBits;
  static constexpr double kLimit = 0x1p24;
  static constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52U) - 1;
  static constexpr std::uint64_t kOne = std::uint64_t{1023} << 52U;
  static constexpr std::uint64_t kFirstKey = std::uint64_t{1023} << kBits;

  [[nodiscard]] Knot knot(double v) const;

  TransformCoefficients coefficients_;
  double inverse_unit_;
  Segment segments_[kSegments];
};

/// Transforms columns [markers][events] in place, each on its curve. Independent of `threads`.
void transform_columns(const Columns& columns, std::span<const TransformCurve> curves,
                       std::size_t threads);

}  // namespace gateless
