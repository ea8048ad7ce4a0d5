// The shape of numbers, once for all who look at one: values by rank, medians, smoothed histograms.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gateless {

/// The value that `rank` others do not exceed (0-based, below their number); reorders the values.
template <class Value>
[[nodiscard]] Value at_rank(std::vector<Value>& values, std::size_t rank) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

/// The quantile `share` (0..1) as the value of the rank below it; reorders the values. 0 if there are none.
template <class Value>
[[nodiscard]] Value lower_quantile(std::vector<Value>& values, double share) {
  if (values.empty()) return Value{};
  return at_rank(values, static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

/// at_rank() for a small rank, by Before (rising: std::less<>); leaves the values in their order.
template <class Value, class Before>
[[nodiscard]] Value at_early_rank(const std::vector<Value>& values, std::size_t rank,
                                  const Before& before) {
  const std::size_t room = 4 * (rank + 16);
  std::vector<Value> first;  // with all that may have this rank or a lower one
  const auto keep = [&](std::size_t count) {
    const auto place = first.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(first.begin(), place, first.end(), before);
    first.resize(count);
  };
  bool is_full = false;
  for (const Value value : values) {
    if (is_full && !before(value, first[rank])) continue;
    first.push_back(value);
    if (first.size() < room) continue;
    keep(rank + 1);
    is_full = true;
  }
  keep(first.size());
  return first[rank];
}

/// The middle value, of an even number the upper one; reorders the values. 0 if there are none.
template <class Value>
[[nodiscard]] Value upper_median(std::vector<Value>& values) {
  return values.empty() ? Value{} : at_rank(values, values.size() / 2);
}

struct MiddleAndSpread {
  float median = 0.0F;
  float spread = 0.0F;  ///< half of the range between the 16 % and 84 % quantiles
};

/// Both as lower_quantile() has them; reorders the values. 0 if there are none.
[[nodiscard]] MiddleAndSpread middle_and_spread(std::vector<float>& values);

/// Sorts finite values, rising: by their bits, a digit at a time, some five times faster than by comparisons.
void sort_values(std::vector<float>& values);

/// The median; of an even number of values the mean of the middle two. Nothing if there are none.
[[nodiscard]] std::optional<double> median_of(std::vector<double> values);

/// What lies beyond the ends of a histogram, for a kernel that reaches there.
enum class Ends {
  kMirrored,  ///< the bins again: a distribution that a threshold cut off keeps its height there
  kCut        ///< nothing, and the kernel is as much smaller
};

/// A histogram smoothed by a kernel of an odd number of weights, whatever their sum. [bins]
[[nodiscard]] std::vector<double> smoothed(std::span<const double> counts,
                                           std::span<const double> kernel, Ends ends);

}  // namespace gateless
