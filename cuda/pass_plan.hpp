// Decided before a pass, on the host: which kernel runs it, and where its sums are kept.
#pragma once

#include <cstddef>

#include "cuda/device_pass.hpp"
#include "cuda/exact_pass.hpp"
#include "cuda/packed_codebook.hpp"
#include "cuda/proposed_pass.hpp"
#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {

struct PassPlan {
  NearestBy nearest_by = NearestBy::kChain;  ///< or kProposal
  int variant = 0;                           ///< of exact_pass or proposed_pass
  int threads = 0;                           ///< of a block
  std::size_t run_events = 0;                ///< what a block looks at between two leaps
  std::size_t shared_bytes = 0;
  SumsIn sums_in = SumsIn::kNowhere;
  ExactPlan exact{};
  ProposedPlan proposed{};
};

/// `shared_bytes` is what a block can have. A pass that cannot be proposed is computed with the chain whatever is asked
/// for.
[[nodiscard]] PassPlan plan_pass(const PackedCodebook& codebook, bool sums_wanted,
                                 NearestBy nearest_by, std::size_t shared_bytes);

/// The chain over the events that a proposal leaves open.
[[nodiscard]] PassPlan plan_listed(const PackedCodebook& codebook, bool sums_wanted,
                                   std::size_t shared_bytes);

/// Whether kAuto proposes at all: not until a card has shown that proposals are faster.
inline constexpr bool kProposeUnasked = false;

// From these on the tensor cores win by the instructions that an event and node cost a processor of sm_90 (128 float32
// multiply-adds or 64 comparisons a clock): the chain D (1 + 1/16) + 3 at 128 a clock, a proposal 3.5 at 64, so D > 4;
// D of 8 and 32 nodes leave room for what an event costs a proposal besides (splitting, joining lanes).
inline constexpr int kProposedMarkers = 8;
inline constexpr int kProposedNodes = 32;

/// kProposalWhileFew ends when more than this part of a pass's events is left open.
inline constexpr double kRemeasuredAtMost = 0.02;

}  // namespace gateless::cuda
