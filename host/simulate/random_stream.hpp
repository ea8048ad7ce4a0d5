// Random numbers of one purpose: a sequence that depends on seed and stream alone, with transformations
// of basic operations only, so that a trial has the same bytes on every machine.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "host/core/philox.hpp"
#include "host/core/portable_math.hpp"

namespace gateless::simulate {

/// What a stream is drawn for; two purposes never share numbers.
enum class RandomPurpose : std::uint64_t { kDonor = 1, kBatch, kVisit, kFile, kEvents };

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, RandomPurpose purpose, std::size_t index)
      : source_(seed, (static_cast<std::uint64_t>(purpose) << 32U) + index) {}

  /// Uniform in (0, 1), never an end.
  float uniform() { return (static_cast<float>(bits() >> 9U) + 0.5F) * 0x1.0p-23F; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Uniform in [0, bound).
  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(bits()) * bound) >> 32U);
  }

  /// Standard normal, by the inverse of its distribution function (Wichura, Algorithm AS 241,
  /// Appl Statist 1988;37:477, routine PPND7: 7 digits).
  float normal() {
    const float p = uniform();
    const float q = p - 0.5F;
    if (std::fabs(q) <= 0.425F) {
      const float r = 0.180625F - q * q;
      return q * (((59.109374720F * r + 159.29113202F) * r + 50.434271938F) * r + 3.3871327179F) /
             (((67.187563600F * r + 78.757757664F) * r + 17.895169469F) * r + 1.0F);
    }
    const double tail = q < 0.0F ? p : 1.0F - p;
    const auto r = static_cast<float>(std::sqrt(-portable::log(tail)));
    float value = 0.0F;
    if (r <= 5.0F) {
      const float s = r - 1.6F;
      value = (((0.17023821103F * s + 1.3067284816F) * s + 2.7568153900F) * s + 1.4234372777F) /
              ((0.12021132975F * s + 0.73700164250F) * s + 1.0F);
    } else {
      const float s = r - 5.0F;
      value = (((0.017337203997F * s + 0.42868294337F) * s + 3.0812263860F) * s + 6.6579051150F) /
              ((0.012258202635F * s + 0.24197894225F) * s + 1.0F);
    }
    return q < 0.0F ? -value : value;
  }

  /// Log-normal around 1 with a coefficient of variation of about `spread`; never beyond `limit` of its
  /// standard deviations.
  double factor(double spread, double limit = 2.0) {
    return portable::exp(spread * std::clamp(static_cast<double>(normal()), -limit, limit));
  }

 private:
  std::uint32_t bits() {
    if (used_ == block_.size()) {
      block_ = source_.block(counter_++);
      used_ = 0;
    }
    return block_[used_++];
  }

  Philox source_;
  std::uint64_t counter_ = 0;
  Philox::Block block_{};
  std::size_t used_ = 4;
};

}  // namespace gateless::simulate
