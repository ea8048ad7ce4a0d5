// A transform as a table: segments of equal ratio, a cubic on each. Log-spaced segments follow both curves, which are
// a line near 0 and a logarithm far from it.
#include "host/preprocess/apply_transform.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <optional>

#include "host/core/parallel.hpp"
#include "host/core/transform_value.hpp"

namespace gateless {
namespace {

/// y(z) for z = |x| / unit as a cubic in v = 1 + z on each of 32 segments per octave of v, up to v = 2^24.
/// With h = v / 32 the Hermite error h^4 / 384 * |y''''| stays below 5e-8 (y'''' <= 6 / v^4 where y is a logarithm).
class CurveTable {
 public:
  static constexpr int kBits = 5;
  static constexpr std::size_t kOctaves = 24;
  static constexpr std::size_t kSegments = kOctaves << kBits;
  static constexpr double kLimit = 0x1p24;

  explicit CurveTable(const TransformCoefficients& coefficients) : coefficients_(coefficients) {
    Knot left = knot(1.0);
    for (std::size_t segment = 0; segment < kSegments; ++segment) {
      const double start = from_key(segment);
      const double width = from_key(segment + 1) - start;
      const Knot right = knot(start + width);
      const double rise = right.value - left.value;
      const double slope0 = left.slope * width;
      const double slope1 = right.slope * width;
      segments_[segment] = {left.value, slope0, 3.0 * rise - 2.0 * slope0 - slope1,
                            slope0 + slope1 - 2.0 * rise};
      left = right;
    }
  }

  [[nodiscard]] float operator()(float x) const {
    const double v = 1.0 + std::fabs(static_cast<double>(x)) * inverse_unit_;
    if (!(v < kLimit))
      return static_cast<float>(transform_value(coefficients_, static_cast<double>(x)));
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(v);
    const Segment& s = segments_[(bits >> (52U - kBits)) - kFirstKey];
    // The mantissa's bits below the key say where v lies in its segment, 0 to 1.
    const double u = std::bit_cast<double>(((bits << kBits) & kMantissa) | kOne) - 1.0;
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
  static constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52U) - 1;
  static constexpr std::uint64_t kOne = std::uint64_t{1023} << 52U;
  static constexpr std::uint64_t kFirstKey = std::uint64_t{1023} << kBits;

  static double from_key(std::size_t segment) {
    return std::bit_cast<double>((kFirstKey + segment) << (52U - kBits));
  }
  [[nodiscard]] Knot knot(double v) const {
    const double y = transform_value(coefficients_, (v - 1.0) * coefficients_.unit);
    const double k = coefficients_.decay;
    const double shape_slope = coefficients_.kind == TransformKind::kArcsinh
                                   ? 0.5 * (portable::exp(y) + portable::exp(-y))
                                   : portable::exp(y) + portable::exp(-k * y) / k;
    return {y, 1.0 / shape_slope};
  }

  TransformCoefficients coefficients_;
  double inverse_unit_ = 1.0 / coefficients_.unit;
  std::array<Segment, kSegments> segments_{};
};

constexpr std::size_t kPieceEvents = std::size_t{1} << 18U;

}  // namespace

void apply_transform(std::span<float> values, const Transform& transform) {
  if (transform.kind == TransformKind::kNone) return;
  const CurveTable curve(transform_coefficients(transform));
  for (float& value : values) value = curve(value);
}

void apply_transforms(EventStore& pool, std::span<const Transform> transforms,
                      std::size_t threads) {
  assert(transforms.size() == pool.markers().size());
  std::vector<std::optional<CurveTable>> curves(transforms.size());
  parallel_for(threads, transforms.size(), [&](std::size_t marker) {
    if (transforms[marker].kind == TransformKind::kNone) return;
    curves[marker].emplace(transform_coefficients(transforms[marker]));
  });
  const std::size_t pieces = (pool.events() + kPieceEvents - 1) / kPieceEvents;
  parallel_for(threads, pieces * transforms.size(), [&](std::size_t chunk) {
    const std::size_t marker = chunk / pieces;
    if (!curves[marker]) return;
    const std::size_t first = chunk % pieces * kPieceEvents;
    const std::size_t count = std::min(kPieceEvents, pool.events() - first);
    for (float& value : pool.marker(marker).subspan(first, count)) value = (*curves[marker])(value);
  });
}

void apply_transforms(std::vector<std::vector<float>>& columns,
                      std::span<const Transform> transforms) {
  assert(transforms.size() == columns.size());
  for (std::size_t marker = 0; marker < columns.size(); ++marker) {
    apply_transform(columns[marker], transforms[marker]);
  }
}

}  // namespace gateless
