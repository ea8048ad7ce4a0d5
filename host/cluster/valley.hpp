// Are two groups of events two populations? Seen along the line between them, two have a valley.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// Events along the line from one place (0) to another (1). A valley has at most half as many events as the peak behind it, and
/// fewer by three standard errors of the counts.
class LineProfile {
 public:
  /// A place along the line in bins, of those further beyond an end than the line is long one that does not count: an event
  /// may lie anywhere, and what is not a number goes to the low end. Without branches: for events in lanes.
  static float bins_along(float along) {
    constexpr auto kLength = static_cast<float>(kBins);
    const float bins = along * kLength;
    const float after = bins > -kLength ? bins : -kLength;
    return after < 2.0F * kLength ? after : 2.0F * kLength;
  }
  /// Of what bins_along() gives.
  static int nearest_bin(float bins) {
    constexpr float kHalf =
        0.49999997F;  // the largest below 1/2: with it the sum rounds as the value does
    return static_cast<int>(bins + std::copysign(kHalf, bins));
  }

  /// Adds an event of a bin that stands for `weight` events; those more than a bin beyond the ends are left out.
  void add(int bin, double weight);
  void add(const LineProfile& other);
  /// Fewer events somewhere in the last three quarters of the line than at its end.
  [[nodiscard]] bool has_valley_before_end() const;
  /// Fewer events somewhere between than at either end.
  [[nodiscard]] bool has_valley_between() const;

 private:
  static constexpr int kBins = 20;   ///< from the start (bin 0) to the end (the last)
  static constexpr int kMargin = 1;  ///< bins beyond
  struct Count {
    double events = 0.0;
    double variance = 0.0;
  };
  [[nodiscard]] Count around(int bin) const;
  [[nodiscard]] bool is_deeper(int first, Count peak) const;

  std::array<Count, kBins + 1 + 2 * kMargin> bins_{};
};

/// The line from one place to another, and what lies along it.
class LineOfSight {
 public:
  static constexpr std::size_t kBlock = 64;  ///< events that are seen together

  /// Places are [markers], noise units.
  LineOfSight(std::span<const float> from, std::span<const float> to);
  /// At most kBlock events at places [markers][kBlock]; each counts once, or by its weight [events]. Those far to the side
  /// of the line are not seen.
  void see(const float* places, std::size_t events, LineProfile& profile,
           const double* weight = nullptr) const;

 private:
  std::vector<float> from_;
  std::vector<float> direction_;
  float length_ = 0.0F;  ///< squared
  float widest_ = 0.0F;  ///< squared distance from the line of what is seen
};

/// The squared distance, in noise units, from the middle of a population that its events do not reach: the mean of a
/// chi-squared variable with as many degrees of freedom as markers and six standard deviations.
[[nodiscard]] double far_limit(std::size_t markers);

/// Some events, and of how many each is one.
struct WeightedEvents {
  Matrix<float> place;         ///< [events][markers], noise units
  std::vector<double> weight;  ///< [events]
};

/// Whether these events surely have a valley between two places. Not where either place has too few events to say.
[[nodiscard]] bool has_valley_between(const WeightedEvents& events, std::span<const float> from,
                                      std::span<const float> to);

}  // namespace gateless::cluster
