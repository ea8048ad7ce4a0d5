#include "host/core/distribution.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace gateless {
namespace {

constexpr unsigned kDigitBits = 11;
constexpr std::size_t kDigits = 3;
constexpr std::uint32_t kDigitMask = (1U << kDigitBits) - 1U;
constexpr std::uint32_t kSign = 1U << 31U;

std::uint32_t digit_of(std::uint32_t key, std::size_t digit) {
  return (key >> (kDigitBits * digit)) & kDigitMask;
}

}  // namespace

MiddleAndSpread middle_and_spread(std::vector<float>& values) {
  if (values.empty()) return {};
  const auto at = [&](double share) {
    return values.begin() +
           static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  };
  std::nth_element(values.begin(), at(0.5), values.end());
  const float median = *at(0.5);
  std::nth_element(values.begin(), at(0.16), at(0.5));
  std::nth_element(at(0.5), at(0.84), values.end());
  return {median, (*at(0.84) - *at(0.16)) / 2.0F};
}

void sort_values(std::vector<float>& values) {
  constexpr std::size_t kFew = 512;
  if (values.size() < kFew) return std::sort(values.begin(), values.end());
  std::vector<std::uint32_t> keys(values.size()), sorted(values.size());
  // One digit's places lie together, as moving the keys asks for one digit at a time.
  std::array<std::vector<std::size_t>, kDigits> places;
  for (auto& of_digit : places) of_digit.assign(kDigitMask + 1, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Bits of positive numbers rise with them, those of negative ones fall.
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    keys[i] = (bits & kSign) != 0 ? ~bits : bits | kSign;
    for (std::size_t digit = 0; digit < kDigits; ++digit) ++places[digit][digit_of(keys[i], digit)];
  }
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    std::size_t next = 0;
    for (std::size_t& place : places[digit]) next += std::exchange(place, next);
    std::size_t* own = places[digit].data();
    for (const std::uint32_t key : keys) sorted[own[digit_of(key, digit)]++] = key;
    keys.swap(sorted);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t key = keys[i];
    values[i] = std::bit_cast<float>((key & kSign) != 0 ? key & ~kSign : ~key);
  }
}

std::optional<double> median_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  const double upper = upper_median(values);
  if (values.size() % 2 == 1) return upper;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  return 0.5 * (*std::max_element(values.begin(), middle) + upper);
}

std::vector<double> smoothed(std::span<const double> counts, std::span<const double> kernel,
                             Ends ends) {
  const auto bins = static_cast<std::ptrdiff_t>(counts.size());
  const auto reach = static_cast<std::ptrdiff_t>(kernel.size() / 2);
  std::vector<double> result(counts.size());
  for (std::ptrdiff_t bin = 0; bin < bins; ++bin) {
    double sum = 0.0, weight = 0.0;
    for (std::ptrdiff_t offset = -reach; offset <= reach; ++offset) {
      std::ptrdiff_t from = bin + offset;
      if (from < 0 || from >= bins) {
        if (ends == Ends::kCut) continue;
        from = from < 0 ? -from - 1 : 2 * bins - 1 - from;
      }
      const double own = kernel[static_cast<std::size_t>(offset + reach)];
      sum += own * counts[static_cast<std::size_t>(from)];
      weight += own;
    }
    result[static_cast<std::size_t>(bin)] = sum / weight;
  }
  return result;
}

}  // namespace gateless
