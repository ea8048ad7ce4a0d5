// What a tensor core makes of a sum of products: the arithmetic of GPUs as published models have it, and the worst that
// the bound of cuda/proposal.hpp allows.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

namespace gateless::simulated {

enum class TensorSums {
  kNearest,  ///< exact products and sum, rounded once
  kVolta,   ///< four products at a time, cut to 23 fraction bits: the coarsest float sums published
  kAmpere,  ///< eight at a time, 24 bits
  kHopper,  ///< sixteen at a time, 25 bits
  kAdversarial,  ///< nearly the whole error allowed, up or down by node and event, so that near ties turn over
};
inline constexpr std::array kEveryTensorSums{TensorSums::kNearest, TensorSums::kVolta,
                                             TensorSums::kAmpere, TensorSums::kHopper,
                                             TensorSums::kAdversarial};

using HalfProducts = std::array<std::pair<std::uint32_t, std::uint32_t>, 16>;  ///< float16 bits

/// One of the sums of an m16n8k16 product that begins with `start`. `place` names row and column for kAdversarial.
[[nodiscard]] float tensor_sum(TensorSums sums, float start, const HalfProducts& products,
                               std::uint64_t place);

}  // namespace gateless::simulated
