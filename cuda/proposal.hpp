// How far a nearest node proposed by the tensor cores can be from the one of the chain, and a proof.
//
// The chain of backend.hpp gives c[n] in float32 for each node n. The proposal computes the same  h[n] - x.w[n]  from
// operands rounded to float16 and keeps, of each event, the best key and the second best. Claim: where
//     second - best > 2 bound(x) + slack * (|best| + |second|),
// the node of the best key is the argmin of the chain, and no other node ties with it. Everything else is measured
// again with the chain, so labels are those of the chain, bit for bit.
//
// Units. y = 2^9 x, v = 2^5 w, g = 2^14 h: powers of two, exact. |x| <= 127 and |w| <= kProposalWeight keep y and v
// within float16. y^ and v^ are y and v rounded to float16; r = |y - y^|, R = max |v - v^|, V = max |v|,
// H = max |g|, all norms Euclidean; D <= 128 markers. E[n] = g[n] - y.v[n] in exact arithmetic.
//
// 1. The chain. D roundings of partial sums that |g| + sum |y v| bounds, each 2^-24 relative:
//    |2^14 c[n] - E[n]| <= 2^-16.9 (H + |y| V)  (Higham, Accuracy and Stability, 2nd ed., section 3.1, gamma_128).
// 2. Operands. y.v - y^.v^ = (y - y^).v + y^.(v - v^), hence by Cauchy-Schwarz <= r V + |y^| R. The exact residues are
//    known, so this is some three times less than the worst case of the format. Hardware that takes subnormal
//    operands for zero changes an element of y^ by less than 2^-14, r by less than sqrt(128) 2^-14 < kFlushed; v^ has
//    no subnormals (they are rounded to zero here, and R counts it).
// 3. The tensor core. PTX says of m16n8k16 with float sums: products and sums "with at least single precision", rounding
//    unspecified. Models found by probing and bit-exact on random operands (Xie et al. 2025, MMA-Sim, arXiv:2511.10909;
//    Khattak and Mikaitis 2025, Accurate Models of NVIDIA Tensor Cores, arXiv:2512.07004; for A100 and before also Fasi,
//    Higham, Mikaitis, Pranesh 2021, PeerJ CS 7:e330) agree: products are exact; T of them and the sum so far are aligned
//    to the largest exponent among them and cut to F fraction bits, added exactly, and cut to float32. A cut term loses
//    less than 2^-F of the largest magnitude, the sum less than 2^-23 of itself, in all, of the sum of magnitudes,
//    (16 / T) ((T + 1) 2^-F + 2^-23):
//      sm_80  T =  8, F = 24   11 * 2^-23
//      sm_90  T = 16, F = 25   5.3 * 2^-23
//      sm_70  T =  4, F = 23   24 * 2^-23, not a target, but the coarsest that was published
//    kStepError = 2^-17 = 64 * 2^-23 allows for more than twice the coarsest. A product is added to the sum so far; up to
//    8 take 128 markers, so |p[n] - (g - y^.v^)| <= steps * 2^-17 * 1.001 (H + |y^| (V + R)).
//    A subnormal element of y^ counts with exponent -14 although it is smaller: 17 terms cut at 2^-37 V a step, which is
//    less than 2^-29 V in all and within kFlushed V of step 2, whose sqrt(128) 2^-14 it exceeds by 2^-15.
// 4. Keys. The lowest L bits of p[n] are replaced by the node's number in the lane: |key - p| < 2^(L-23) |p|, hence
//    |p - key| <= slack |key| with slack = 2^(L-22), and key - slack |key| rises with key while slack < 1.
//
// 1 to 3 together: |p[n] - 2^14 c[n]| <= bound for every n. With m the node of best, any other n has key[n] >= second:
//    2^14 c[n] >= second - slack |second| - bound > best + slack |best| + bound >= 2^14 c[m].
// The bound itself is computed in float32 from sums of at most 128 squares: relative error below 2^-16 in all, for
// which it is widened by 2^-9. Products of rows past the last event touch no other row.
#pragma once

#include <cmath>

#include "cuda/device_pass.hpp"
#include "cuda/half.hpp"
#include "cuda/lane.hpp"

namespace gateless::cuda {

inline constexpr float kProposalWeight =
    1024.0F;                                  ///< codebooks with a larger |weight| are not proposed
inline constexpr float kEventUnits = 512.0F;  ///< y = kEventUnits * x'
inline constexpr float kWeightUnits = 32.0F;  ///< v = kWeightUnits * w
inline constexpr float kDistanceUnits = kEventUnits * kWeightUnits;

inline constexpr float kStepError = 0x1p-17F;
inline constexpr float kChainError = 0x1p-16F;  ///< more than 2^-16.9
inline constexpr float kFlushed = 0x1.8p-11F;   ///< more than sqrt(128) * 2^-14
inline constexpr float kWidened = 1.0F + 0x1p-9F;
inline constexpr float kUnderflow =
    0x1p-100F;  ///< more than all that underflows in chain, squares and keys
inline constexpr float kFartherThanAll = 0x1p100F;  ///< half norm of a filler

/// The bound of step 3, for `square` = |y^|^2 and `residue` = |y - y^|^2.
GATELESS_KERNEL_BODY float proposal_bound(const ProposalBounds& codebook, int steps, float square,
                                          float residue) {
  const float norm = sqrtf(square);
  const float lost = sqrtf(residue) + kFlushed;
  const float sizes =
      codebook.half_norm + (norm + lost) * (codebook.weight_norm + codebook.residue_norm);
  const float rounding = kChainError + static_cast<float>(steps) * kStepError;
  return kWidened *
             (lost * codebook.weight_norm + norm * codebook.residue_norm + rounding * sizes) +
         kUnderflow;
}

/// Bits of a key that number the nodes of a lane: two of each tile.
GATELESS_KERNEL_BODY int key_bits(int tiles) {
  int bits = 1;
  while ((1 << bits) < 2 * tiles) ++bits;
  return bits;
}

/// Whether the node of `best` is surely the argmin of the chain; false for anything that is not a number.
GATELESS_KERNEL_BODY bool surely_nearest(float best, float second, float bound, float slack) {
  return second - best > kWidened * (2.0F * bound + slack * (fabsf(best) + fabsf(second)));
}

}  // namespace gateless::cuda
