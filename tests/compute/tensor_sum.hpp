// What a tensor core makes of a sum of products: the arithmetic of GPUs as published models have it, and the worst that
// the bound of cuda/proposal.hpp allows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace gateless::compute::simulated {

enum class TensorSums {
  kNearest,  ///< exact products and sum, rounded once
  kAmpere,  ///< eight products at a time, cut to 24 fraction bits; the coarsest of what is compiled for
  kHopper,  ///< sixteen at a time, 25 bits; Blackwell, too
  kAdversarial,  ///< nearly the whole error allowed, up or down by node and event, so that near ties turn over
};
inline constexpr std::array kEveryTensorSums{TensorSums::kNearest, TensorSums::kAmpere,
                                             TensorSums::kHopper, TensorSums::kAdversarial};

/// float16 bits of eight or sixteen pairs of factors.
using HalfProducts = std::span<const std::pair<std::uint32_t, std::uint32_t>>;

/// One of the sums of an m16n8k8 or m16n8k16 product that begins with `start`. `place` names row and column for
/// kAdversarial.
[[nodiscard]] float tensor_sum(TensorSums sums, float start, HalfProducts products,
                               std::uint64_t place);

}  // namespace gateless::compute::simulated
