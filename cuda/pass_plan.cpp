// Chooses kernels and where their sums are kept.
#include "cuda/pass_plan.hpp"

#include <algorithm>

namespace gateless::cuda {
namespace {

constexpr std::size_t kHeldBytesAtMost = 48U << 10U;  // of shared memory, for weights of exact_pass
constexpr std::size_t kSumBytesAtMost =
    64U << 10U;  // more go to global memory; the rest is first-level cache

int rounded_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

SumsIn place_of_sums(const PackedCodebook& codebook, bool wanted, std::size_t room) {
  if (!wanted) return SumsIn::kNowhere;
  const std::size_t words = static_cast<std::size_t>(codebook.nodes) *
                            static_cast<std::size_t>(shared_row(codebook.markers));
  return words * 4 <= std::min(room, kSumBytesAtMost) ? SumsIn::kShared : SumsIn::kGlobal;
}

std::size_t shared_sum_bytes(const PackedCodebook& codebook, SumsIn place) {
  return place == SumsIn::kShared ? static_cast<std::size_t>(codebook.nodes) * 4 *
                                        static_cast<std::size_t>(shared_row(codebook.markers))
                                  : 0;
}

PassPlan exact_plan(const PackedCodebook& codebook, bool sums_wanted, std::size_t shared_bytes,
                    bool listed) {
  PassPlan plan;
  plan.variant = exact_variant_for(codebook.markers, listed);
  const ExactVariant& variant = kExactVariants[plan.variant];
  const int together = variant.quads;
  const std::size_t quad_bytes =
      (1 + static_cast<std::size_t>(variant.most > 0 ? variant.most : codebook.markers)) *
      sizeof(Quad);
  const auto fitting = static_cast<int>(std::min(kHeldBytesAtMost, shared_bytes) / quad_bytes);
  const int quads =
      rounded_up(static_cast<int>(codebook.quads.size()) / (1 + codebook.markers), together);
  plan.exact.shared_quads = std::min(quads, std::max(1, fitting / together) * together);
  const std::size_t held = static_cast<std::size_t>(plan.exact.shared_quads) * quad_bytes;
  plan.exact.sums_offset = static_cast<int>(held);
  plan.sums_in =
      place_of_sums(codebook, sums_wanted, shared_bytes > held ? shared_bytes - held : 0);
  plan.shared_bytes = held + shared_sum_bytes(codebook, plan.sums_in);
  plan.threads = variant.threads;
  plan.run_events = static_cast<std::size_t>(variant.threads * variant.events);
  return plan;
}

PassPlan proposed_plan(const PackedCodebook& codebook, bool sums_wanted, std::size_t shared_bytes) {
  PassPlan plan;
  plan.nearest_by = NearestBy::kProposal;
  plan.variant = proposed_variant_for(codebook.markers);
  const std::size_t fragments = codebook.fragments.size() * sizeof(WordQuad);
  const std::size_t held = fragments + codebook.centers.size() * sizeof(float);
  plan.proposed = {static_cast<int>(fragments), static_cast<int>(held)};
  plan.sums_in =
      place_of_sums(codebook, sums_wanted, shared_bytes > held ? shared_bytes - held : 0);
  plan.shared_bytes = held + shared_sum_bytes(codebook, plan.sums_in);
  plan.threads = kProposedVariants[plan.variant].threads;
  plan.run_events = static_cast<std::size_t>(plan.threads);
  return plan;
}

}  // namespace

PassPlan plan_pass(const PackedCodebook& codebook, bool sums_wanted, NearestBy nearest_by,
                   std::size_t shared_bytes) {
  const bool worth_it = codebook.markers >= kProposedMarkers && codebook.nodes >= kProposedNodes;
  const bool wanted = nearest_by == NearestBy::kProposal ||
                      (nearest_by == NearestBy::kProposalWhileFew && worth_it) ||
                      (nearest_by == NearestBy::kAuto && kProposeUnasked && worth_it);
  if (wanted && codebook.can_propose) {
    const PassPlan plan = proposed_plan(codebook, sums_wanted, shared_bytes);
    if (plan.shared_bytes <= shared_bytes) return plan;
  }
  return exact_plan(codebook, sums_wanted, shared_bytes, false);
}

PassPlan plan_listed(const PackedCodebook& codebook, bool sums_wanted, std::size_t shared_bytes) {
  return exact_plan(codebook, sums_wanted, shared_bytes, true);
}

}  // namespace gateless::cuda
