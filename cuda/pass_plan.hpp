// Decided before a pass, on the host: which kernel runs it, where its sums are kept, and the codebook in its order.
#pragma once

#include <cstddef>
#include <vector>

#include "cuda/device_pass.hpp"
#include "cuda/exact_pass.hpp"
#include "cuda/proposed_pass.hpp"
#include "host/compute/backend.hpp"

namespace gateless::cuda {

/// A codebook as the kernels want it; what each part is stands at DevicePass.
struct PackedCodebook {
  int markers = 0;
  int nodes = 0;
  std::vector<Quad> quads;
  bool can_propose = false;  ///< every weight is within kProposalWeight; else the rest is empty
  std::vector<Fragment> fragments;
  std::vector<float> half_norms;
  ProposalBounds bounds{};
};

/// `codebook` is [nodes][markers], scaled units.
[[nodiscard]] PackedCodebook packed(const Matrix<float>& codebook);

struct PassPlan {
  NearestBy nearest_by = NearestBy::kChain;  ///< never kAuto
  int variant = 0;                           ///< of exact_pass or proposed_pass
  int threads = 0;                           ///< of a block
  std::size_t run_events = 0;                ///< what a block looks at between two leaps
  std::size_t shared_bytes = 0;
  SumsIn sums_in = SumsIn::kNowhere;
  ExactPlan exact{};
  ProposedPlan proposed{};
};

/// `shared_bytes` is what a block can have. kAuto proposes from kProposedMarkers markers and kProposedNodes nodes on
/// where the codebook fits; a pass that cannot be proposed is computed with the chain whatever is asked for.
[[nodiscard]] PassPlan plan_pass(const PackedCodebook& codebook, bool sums_wanted,
                                 NearestBy nearest_by, std::size_t shared_bytes);

// From these on the tensor cores win by the instructions that an event and node cost a processor of sm_90 (128 float32
// multiply-adds or 64 comparisons a clock): the chain D (1 + 1/16) + 3 at 128 a clock, a proposal 4 at 64, so D > 5;
// D of 8 and 32 nodes leave room for what an event costs a proposal besides (rounding, joining lanes: some 250
// instructions a warp, which 32 nodes at D = 8 save).
inline constexpr int kProposedMarkers = 8;
inline constexpr int kProposedNodes = 32;

/// Proposals stop paying when more than this part of a pass's events is measured again.
inline constexpr double kRemeasuredAtMost = 0.125;

}  // namespace gateless::cuda
