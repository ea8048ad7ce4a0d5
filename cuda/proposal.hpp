// How far a nearest node proposed by the tensor cores can be from the one of the chain, and a proof.
//
// The chain of backend.hpp gives c[n] in float32 for each node n. The proposal computes half of the squared distance of
// event and node from operands split into two float16 terms each, and keeps of each event the smallest key and the
// second smallest. Claim: where surely_nearest(), the node of the smallest key is the argmin of the chain, and no other
// node ties with it. All other events are looked at with the chain, so labels are those of the chain, bit for bit.
//
// Units. a is the center of the codebook's nodes, rounded to float32; y = unit (x - a), v[n] = unit (w[n] - a), with unit a
// power of two such that the largest |v|, V, lies in [2^12, 2^13). D <= 128 markers; all norms are Euclidean. With
//    g[n] = |v[n]|^2 / 2 + unit^2 (h[n] - |w[n]|^2 / 2),   h[n] the float32 half norm of the chain,
// in exact arithmetic  T[n] = |y|^2 / 2 + g[n] - y.v[n]  is  unit^2 (h[n] - x.w[n])  plus something that is the same for
// every node, and  T[n] = r[n]^2 / 2 + d[n]  with r[n] = |y - v[n]| and |d[n]| <= Delta, known from packing.
//
// 1. The chain. D roundings of partial sums that |h| + sum |x w| bounds, each 2^-24 relative (Higham, Accuracy and
//    Stability, 2nd ed., section 3.1):  unit^2 |c[n] - exact| <= C = 1.01 D 2^-24 unit^2 (max h + |x| max |w|), and
//    unit |x| <= |y| + unit |a|.
// 2. Operands. y is rounded once (fused): 2^-24 |y|. Then y = yh + yl + ry, v = vh + vl + rv with yh, vh, yl, vl float16;
//    yh.vh + yl.vh + yh.vl is computed. |ry| <= 2^-22 |y| + F and |yl| <= 2^-11 |y| + F, where F > 2 sqrt(128) 2^-14
//    allows for hardware that takes subnormal float16 for zero; v has none (they are rounded to zero here), its rv and
//    vl are known. The half norm is one more column, y = kHalfNormUnit against g / kHalfNormUnit, split alike. So
//    |lost| <= |y| (2^-24 V + 1.01 2^-22 V + max |rv| + 2^-11 max |vl|) + F (1.01 V + max |vl|) + max |rest of g|.
// 3. The tensor core. PTX says of float sums: "at least single precision", rounding unspecified. Models found by probing
//    and bit-exact on random operands (Xie et al. 2025, MMA-Sim, arXiv:2511.10909 and its source; Khattak and Mikaitis
//    2025, arXiv:2512.07004; for A100 also Fasi, Higham, Mikaitis, Pranesh 2021, PeerJ CS 7:e330) agree: products are
//    exact; L of them and the sum so far are aligned to the largest exponent among them and cut to F fraction bits,
//    added exactly, and cut to float32. So eight products (half an m16n8k16, or one m16n8k8) lose less than
//    (L + 1) 2^-F + 2^-23 (or half of it) of the largest magnitude M among products and sums:
//      sm_80, 86, 89   L =  8, F = 24   5.5 * 2^-23
//      sm_90, 100, 120 L = 16, F = 25   5.3 * 2^-23 for all sixteen
//    kEightError = 2^-19.5 = 11.3 * 2^-23 allows for twice the coarser. With E eights of columns:
//    First E eights of yh.vh. Rows start at |y|^2 / 2 + s, and the half norm comes after the last marker. Before it a sum
//    is |y|^2 / 2 - (y v over some markers), and since -y v = ((y - v)^2 - y^2 - v^2) / 2 for each marker, it lies between
//    -|v|^2 / 2 and (|y|^2 + r^2) / 2. Of the products at most one is larger than |y| |v| / 2: one eight more pays for it.
//    So M = (max(|y|, |v|)^2 + r^2) / 2, and with |v| <= |y| + r  M <= |y|^2 / 2 + |y| r + r^2 <= 2/3 |y|^2 + 2.5 r^2.
//    Then 2 E eights of yl.vh and yh.vl. With the half norm in, the sum is r^2 / 2 but for d and what these products, less
//    than 2^-10 |y| |v| in all, still lack: M <= 0.51 r^2 + 0.002 |y|^2.
//    |p[n] - s - T[n]| <= B(r[n]),  B(r) = b + c r^2,  b = A |y|^2 + A0,  c = 2.5 e + 0.51 f,
//    e = 1.01 (E + 1) kEightError,  f = 1.01 * 2 E kEightError  (1.01 for s, d and the 2^-10 in e's part),
//    where A and A0 gather 2, by |y| X <= X (|y|^2 / V + V) / 2, and 3. C and Delta are put in as well.
// 4. Keys. s is such that no p is negative, so keys are compared as integers. The lowest L bits of p are replaced by
//    the node's number in the lane; without them it is at most 2^(L-23) of itself smaller than p.
//
// Let m be the node of the best key; Q >= p[m], S <= p[n] for any other n, from the keys; c < 2^-10.
//    T[n] >= S - s - b - c r[n]^2 and T[n] >= r[n]^2 / 2 - Delta; the first falls with r, the second rises, and where they
//    meet r^2 <= 2 (S + Delta): T[n] >= S - s - b - 2 c (S + Delta), whatever r[n] is.
//    T[m] <= Q - s + b + c r[m]^2 and r[m]^2 / 2 <= T[m] + Delta: T[m] <= Q - s + b + 2.02 c (Q + b + Delta).
// So c[n] > c[m] where  S - Q > 2.01 b + 4.1 c S  (C and Delta are in b): the rule, with |y|^2 / 2 <= start and
// everything widened by 2^-9 for the float32 in which it is computed. Products of rows past the last event touch no
// other row. What is not finite makes keys that are not numbers, and those are never sure.
#pragma once

#include <cmath>

#include "cuda/device_pass.hpp"
#include "cuda/half.hpp"
#include "cuda/lane.hpp"

namespace gateless::cuda {

inline constexpr float kProposalWeight =
    1024.0F;  ///< codebooks with a larger |weight| are not proposed
inline constexpr float kHalfNormUnit = 4096.0F;  ///< y of the column that holds half norms

inline constexpr float kEightError = 0x1.6ap-20F;  ///< 2^-19.5
inline constexpr float kFlushed = 0x1.7p-10F;      ///< more than 2 sqrt(128) * 2^-14
inline constexpr float kWidened = 1.0F + 0x1p-9F;

/// What an event adds to its keys, from |y|^2 as the kernel sums it up.
GATELESS_KERNEL_BODY float start_of_keys(const ProposalBounds& bounds, float square) {
  return fmaf(bounds.start_scale, square, bounds.start_offset);
}

/// Whether the node of `best` is surely the argmin of the chain; keys without their numbers. False for anything that is
/// not a number.
GATELESS_KERNEL_BODY bool surely_nearest(const ProposalBounds& bounds, float start, float best,
                                         float second) {
  float needed = fmaf(bounds.of_start, start, bounds.fixed);
  needed = fmaf(bounds.of_best, best, needed);
  needed = fmaf(bounds.of_second, second, needed);
  return best >= 0.0F && second - best > needed;
}

}  // namespace gateless::cuda
