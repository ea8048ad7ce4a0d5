// Models of tensor cores; sources stand at step 3 of cuda/proposal.hpp.
#include "tests/compute/tensor_sum.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>

#include "cuda/half.hpp"
#include "cuda/proposal.hpp"
#include "host/core/layers.hpp"
#include "host/core/philox.hpp"

namespace gateless::compute::simulated {
namespace {

constexpr int kExponentOfZero = -10000;

/// Of a double that is neither 0 nor subnormal, as no float32 or product of two float16 is: floor(log2(|value|)).
int exponent_of(double value) {
  return static_cast<int>(std::bit_cast<std::uint64_t>(value) >> 52U & 0x7FFU) - 1023;
}
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

struct Term {
  double value;
  int exponent;  ///< as the hardware aligns by: that of a subnormal is the lowest of its format
};

Term term_of(float value) {
  return {value, value == 0.0F ? kExponentOfZero : std::max(-126, exponent_of(value))};
}

Term product_of(std::pair<std::uint32_t, std::uint32_t> halves) {
  const float left = cuda::value_of_half(halves.first);
  const float right = cuda::value_of_half(halves.second);
  if (!std::isfinite(left) || !std::isfinite(right)) return {double{left} * double{right}, 0};
  if (left == 0.0F || right == 0.0F) return {0.0, kExponentOfZero};
  return {double{left} * double{right},
          std::max(-14, exponent_of(left)) + std::max(-14, exponent_of(right))};
}

/// Cut towards zero to a float32.
float cut_to_float(double sum) {
  if (sum == 0.0) return 0.0F;
  const double last = power_of_two(std::max(-126, exponent_of(sum)) - 23);
  return static_cast<float>(std::trunc(sum / last) * last);
}

/// All terms aligned to the largest exponent and cut, added exactly, the sum cut.
float aligned_sum(float start, std::span<const Term> products, int fraction_bits) {
  const Term first = term_of(start);
  int exponent = first.exponent;
  for (const Term& product : products) exponent = std::max(exponent, product.exponent);
  if (exponent == kExponentOfZero) return 0.0F;
  const double unit = power_of_two(exponent - fraction_bits);
  double sum = std::trunc(first.value / unit);
  for (const Term& product : products) sum += std::trunc(product.value / unit);
  return cut_to_float(sum * unit);
}

float sum_in_groups(float start, std::span<const Term> products, std::size_t group,
                    int fraction_bits) {
  for (std::size_t first = 0; first < products.size(); first += group) {
    const std::size_t together = std::min(group, products.size() - first);
    start = aligned_sum(start, products.subspan(first, together), fraction_bits);
  }
  return start;
}

}  // namespace

float tensor_sum(TensorSums sums, float start, HalfProducts products, std::uint64_t place) {
  std::array<Term, 16> room;
  const std::span<Term> terms(room.data(), products.size());
  std::transform(products.begin(), products.end(), terms.begin(), product_of);
  double exact = start;
  double largest = std::fabs(start);
  for (const Term& term : terms) {
    exact += term.value;
    largest = std::max(largest, std::fabs(term.value));
  }
  if (!std::isfinite(exact)) return static_cast<float>(exact);
  if (sums == TensorSums::kAmpere) return sum_in_groups(start, terms, 8, 24);
  if (sums == TensorSums::kHopper) return sum_in_groups(start, terms, 16, 25);
  if (sums == TensorSums::kNearest) return static_cast<float>(exact);
  const double side = (Philox(place, 7).bits(0) & 1U) != 0 ? 1.0 : -1.0;
  const std::size_t eights = products.size() / cuda::kEight;
  const double allowed = double{cuda::kEightError} * static_cast<double>(eights);
  return static_cast<float>(exact + side * 0.99 * allowed * std::max(largest, std::fabs(exact)));
}

}  // namespace gateless::compute::simulated
