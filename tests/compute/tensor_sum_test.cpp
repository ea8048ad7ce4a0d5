// The models of tensor cores do what their sources say, and stay within the bound that proposals are proven with.
#include "tests/compute/tensor_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cuda/half.hpp"
#include "cuda/proposal.hpp"
#include "host/core/layers.hpp"
#include "host/core/philox.hpp"

namespace gateless::compute::simulated {
namespace {

using Products = std::array<std::pair<std::uint32_t, std::uint32_t>, 16>;

/// Products of these values and 1; the others are 0.
Products times_one(std::initializer_list<float> values) {
  Products products{};
  std::transform(values.begin(), values.end(), products.begin(),
                 [](float value) { return std::pair(cuda::half_of(value), cuda::half_of(1.0F)); });
  return products;
}

float sum_of(TensorSums sums, float start, HalfProducts products) {
  return tensor_sum(sums, start, products, 0);
}

TEST(TensorSum, CutsWhatLiesBelowTheFractionOfTheLargest) {
  Products small{};
  Products smaller{};
  small.fill({cuda::half_of(0x1p-12F), cuda::half_of(0x1p-12F)});
  smaller.fill({cuda::half_of(0x1p-12F), cuda::half_of(0x1p-13F)});
  EXPECT_EQ(sum_of(TensorSums::kAmpere, 1.0F, small), 1.0F + 0x1p-20F);
  EXPECT_EQ(sum_of(TensorSums::kAmpere, 1.0F, smaller), 1.0F);
  EXPECT_EQ(sum_of(TensorSums::kHopper, 1.0F, smaller), 1.0F + 0x1p-21F);
}

TEST(TensorSum, CutsTheSumOfEveryGroupTowardsZero) {
  Products one_a_half{};
  one_a_half[0] = one_a_half[8] = {cuda::half_of(0x1p-12F), cuda::half_of(0x1p-12F)};
  EXPECT_EQ(sum_of(TensorSums::kAmpere, 1.0F, one_a_half), 1.0F);
  EXPECT_EQ(sum_of(TensorSums::kHopper, 1.0F, one_a_half), 1.0F + 0x1p-23F);
  const float start = -1.0F;
  one_a_half[8].first ^= 0x8000U;
  EXPECT_EQ(sum_of(TensorSums::kHopper, start, one_a_half), -1.0F);
}

TEST(TensorSum, IsExactWhereNothingIsCut) {
  for (const TensorSums sums : {TensorSums::kNearest, TensorSums::kAmpere, TensorSums::kHopper}) {
    EXPECT_EQ(sum_of(sums, 0.5F, times_one({1.0F, -2.0F, 3.0F, 0.25F, 100.0F})), 102.75F);
    EXPECT_EQ(sum_of(sums, 0.0F, times_one({})), 0.0F);
    EXPECT_EQ(sum_of(sums, -0x1p-149F, times_one({})), -0x1p-149F);
  }
}

/// |sum - exact| in units of the largest magnitude.
double error_of(TensorSums sums, float start, HalfProducts products) {
  double exact = start;
  double largest = std::fabs(start);
  for (const auto& [left, right] : products) {
    const double product = double{cuda::value_of_half(left)} * double{cuda::value_of_half(right)};
    exact += product;
    largest = std::max(largest, std::fabs(product));
  }
  largest = std::max(largest, std::fabs(exact));
  const float found = sum_of(sums, start, products);
  return largest == 0.0 ? 0.0 : std::fabs(double{found} - exact) / largest;
}

/// Nearly the same values, with many low bits set and signs that let what is cut add up.
Products that_lose_most(const Philox& random, std::uint64_t turn) {
  Products products{};
  for (std::size_t k = 0; k < products.size(); ++k) {
    const auto low = static_cast<std::uint32_t>(random.bits(turn * 64 + k));
    const std::uint32_t exponent = k == 0 ? 15U : 15U - static_cast<std::uint32_t>(turn % 14);
    const std::uint32_t sign = k != 0 && turn % 2 == 1 ? 0x8000U : 0U;
    products[k] = {sign | exponent << 10U | (low & 0x3FFU), 15U << 10U | (low >> 10U & 0x3FFU)};
  }
  return products;
}

TEST(TensorSum, LosesLessThanHalfOfWhatProposalsAllowInEveryPublishedModel) {
  const Philox random(3, 9);
  for (const TensorSums sums : {TensorSums::kAmpere, TensorSums::kHopper}) {
    for (const std::size_t depth : {8U, 16U}) {
      double worst = 0.0;
      for (std::uint64_t turn = 0; turn < 20000; ++turn) {
        const float start =
            turn % 3 == 0 ? 0.0F : static_cast<float>(random.uniform(turn * 64 + 63));
        const Products products = that_lose_most(random, turn);
        worst = std::max(worst, error_of(sums, start, {products.data(), depth}));
      }
      EXPECT_LT(worst, double{cuda::kEightError} / 2 * static_cast<double>(depth / 8));
      EXPECT_GT(worst, 0x1p-24) << "nothing was cut";
    }
  }
}

TEST(TensorSum, KeepsWhatIsNotFinite) {
  Products products = times_one({1.0F, INFINITY});
  EXPECT_EQ(sum_of(TensorSums::kHopper, 1.0F, products), INFINITY);
  products[1].second = cuda::half_of(0.0F);
  EXPECT_TRUE(std::isnan(sum_of(TensorSums::kHopper, 1.0F, products)));
}

TEST(TensorSum, LosesLessOfSubnormalOperandsThanProposalsAllowForFlushedOnes) {
  const Philox random(4, 9);
  for (const TensorSums sums : {TensorSums::kAmpere, TensorSums::kHopper}) {
    for (std::uint64_t turn = 0; turn < 2000; ++turn) {
      Products products{};
      double exact = 0.0;
      for (std::size_t k = 0; k < products.size(); ++k) {
        const auto bits = static_cast<std::uint32_t>(random.bits(turn * 64 + k));
        products[k] = {bits & 0x83FFU, 15U << 10U | (bits >> 16U & 0x3FFU)};  // |v| < 2
        exact += double{cuda::value_of_half(products[k].first)} *
                 double{cuda::value_of_half(products[k].second)};
      }
      const double lost = std::fabs(double{sum_of(sums, 0.0F, products)} - exact);
      EXPECT_LE(lost, 0x1p-14 * double{cuda::kFlushed});
    }
  }
}

}  // namespace
}  // namespace gateless::compute::simulated
