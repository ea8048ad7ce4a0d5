// Packs codebooks and chooses kernels.
#include "cuda/pass_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "host/compute/checks.hpp"

namespace gateless::cuda {
namespace {

constexpr std::size_t kHeldBytesAtMost = 48U << 10U;  // of shared memory, for weights of exact_pass
constexpr std::size_t kSumBytesAtMost =
    64U << 10U;  // more go to global memory; the rest is first-level cache

int rounded_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

std::vector<Quad> quads_of(const Matrix<float>& codebook, std::span<const float> half_norms) {
  constexpr std::size_t kLanes = kQuadNodes;
  const std::size_t rows = 1 + codebook.columns();
  std::vector<Quad> quads((codebook.rows() + kLanes - 1) / kLanes * rows);
  for (std::size_t node = 0; node < quads.size() / rows * kLanes; ++node) {
    Quad* const quad = quads.data() + node / kLanes * rows;
    const bool filler = node >= codebook.rows();
    quad[0].value[node % kLanes] =
        filler ? std::numeric_limits<float>::infinity() : half_norms[node];
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      quad[1 + marker].value[node % kLanes] = filler ? 0.0F : codebook(node, marker);
    }
  }
  return quads;
}

/// v rounded to float16, subnormals to zero.
std::uint32_t rounded_weight(float weight) {
  const float v = weight * kWeightUnits;
  return std::fabs(v) < 0x1p-14F ? 0U : half_of(v);
}

/// The smallest float that is not below `value`.
float rounded_up(double value) {
  const auto nearest = static_cast<float>(value);
  return nearest < value ? std::nextafter(nearest, std::numeric_limits<float>::infinity())
                         : nearest;
}

ProposalBounds bounds_of(const Matrix<float>& codebook, std::span<const float> half_norms) {
  double weights = 0.0;
  double residues = 0.0;
  double half_norm = 0.0;
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    double square = 0.0;
    double residue = 0.0;
    for (const float weight : codebook.row(node)) {
      const double v = double{weight} * double{kWeightUnits};
      const double lost = v - double{value_of_half(rounded_weight(weight))};
      square += v * v;
      residue += lost * lost;
    }
    weights = std::max(weights, square);
    residues = std::max(residues, residue);
    half_norm = std::max(half_norm, double{half_norms[node]} * double{kDistanceUnits});
  }
  constexpr double kDoubleErrors = 1.0 + 1e-12;  // of at most 128 squares and their root
  return {rounded_up(std::sqrt(weights) * kDoubleErrors),
          rounded_up(std::sqrt(residues) * kDoubleErrors), rounded_up(half_norm)};
}

/// [tiles][steps][32 lanes]: lane 4g + t holds node g of the tile at markers 2t, 2t + 1 and 2t + 8, 2t + 9 of the step.
std::vector<Fragment> fragments_of(const Matrix<float>& codebook, int tiles, int steps) {
  std::vector<Fragment> fragments(static_cast<std::size_t>(tiles) *
                                  static_cast<std::size_t>(steps) * kWarp);
  const auto half_at = [&](std::size_t node, std::size_t marker) {
    const bool there = node < codebook.rows() && marker < codebook.columns();
    return there ? rounded_weight(codebook(node, marker)) : 0U;
  };
  for (std::size_t cell = 0; cell < fragments.size(); ++cell) {
    const std::size_t lane = cell % kWarp;
    const std::size_t step = cell / kWarp % static_cast<std::size_t>(steps);
    const std::size_t tile = cell / kWarp / static_cast<std::size_t>(steps);
    const std::size_t node = tile * kTileNodes + lane / 4;
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t marker = step * kStepMarkers + half * 8 + lane % 4 * 2;
      fragments[cell].pair[half] = half_at(node, marker) | half_at(node, marker + 1) << 16U;
    }
  }
  return fragments;
}

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

PassPlan exact_plan(const PackedCodebook& codebook, bool sums_wanted, std::size_t shared_bytes) {
  PassPlan plan;
  plan.variant = exact_variant_for(codebook.markers);
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
  const std::size_t fragments = codebook.fragments.size() * sizeof(Fragment);
  const std::size_t held = fragments + codebook.half_norms.size() * sizeof(float);
  plan.proposed = {static_cast<int>(fragments), static_cast<int>(held)};
  plan.sums_in =
      place_of_sums(codebook, sums_wanted, shared_bytes > held ? shared_bytes - held : 0);
  plan.shared_bytes = held + shared_sum_bytes(codebook, plan.sums_in);
  plan.threads = kProposedVariants[plan.variant].threads;
  plan.run_events = static_cast<std::size_t>(plan.threads);
  return plan;
}

}  // namespace

PackedCodebook packed(const Matrix<float>& codebook) {
  const std::vector<float> half_norms = half_norms_of(codebook);
  PackedCodebook result;
  result.markers = static_cast<int>(codebook.columns());
  result.nodes = static_cast<int>(codebook.rows());
  result.quads = quads_of(codebook, half_norms);
  const auto weights = codebook.values();
  result.can_propose = std::all_of(weights.begin(), weights.end(), [](float weight) {
    return std::fabs(weight) <= kProposalWeight;
  });
  if (!result.can_propose) return result;

  const int tiles = rounded_up(result.nodes, kTileNodes) / kTileNodes;
  const int steps = kProposedVariants[proposed_variant_for(result.markers)].steps;
  result.fragments = fragments_of(codebook, tiles, steps);
  result.half_norms.assign(static_cast<std::size_t>(tiles) * kTileNodes, kFartherThanAll);
  std::transform(half_norms.begin(), half_norms.end(), result.half_norms.begin(),
                 [](float half_norm) { return half_norm * kDistanceUnits; });
  result.bounds = bounds_of(codebook, half_norms);
  return result;
}

PassPlan plan_pass(const PackedCodebook& codebook, bool sums_wanted, NearestBy nearest_by,
                   std::size_t shared_bytes) {
  const bool worth_it = nearest_by == NearestBy::kProposal ||
                        (nearest_by == NearestBy::kAuto && codebook.markers >= kProposedMarkers &&
                         codebook.nodes >= kProposedNodes);
  if (worth_it && codebook.can_propose) {
    const PassPlan plan = proposed_plan(codebook, sums_wanted, shared_bytes);
    if (plan.shared_bytes <= shared_bytes) return plan;
  }
  return exact_plan(codebook, sums_wanted, shared_bytes);
}

}  // namespace gateless::cuda
