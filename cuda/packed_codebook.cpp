// Packs codebooks; the letters of proposal.hpp name what proposals are made of.
#include "cuda/packed_codebook.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "cuda/proposed_pass.hpp"
#include "host/compute/checks.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {
namespace {

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

double squared(double value) { return value * value; }

/// A value as two float16, subnormals to zero, and what is left of it.
struct Split {
  std::uint32_t high;
  std::uint32_t low;
  double rest;

  explicit Split(double value)
      : high(rounded(value)),
        low(rounded(value - double{value_of_half(high)})),
        rest(value - double{value_of_half(high)} - double{value_of_half(low)}) {}

 private:
  static std::uint32_t rounded(double value) {
    return std::fabs(value) < 0x1p-14 ? 0U : half_of(static_cast<float>(value));
  }
};

/// The codebook around its center, in units of proposals.
struct Proposals {
  std::vector<float> center;  ///< a
  double unit = 1.0;
  Matrix<double> v;            ///< [nodes][markers]
  std::vector<double> g;       ///< [nodes]
  double largest_delta = 0.0;  ///< Delta
  double largest_half_norm = 0.0;
  double largest_norm = 0.0;  ///< of w

  Proposals(const Matrix<float>& codebook, std::span<const float> half_norms)
      : center(codebook.columns()), v(codebook.rows(), codebook.columns()), g(codebook.rows()) {
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      double sum = 0.0;
      for (std::size_t node = 0; node < codebook.rows(); ++node) sum += codebook(node, marker);
      center[marker] = static_cast<float>(sum / static_cast<double>(codebook.rows()));
    }
    double farthest = 0.0;
    for (std::size_t node = 0; node < codebook.rows(); ++node) {
      double distance = 0.0;
      for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
        v(node, marker) = double{codebook(node, marker)} - double{center[marker]};
        distance += squared(v(node, marker));
      }
      farthest = std::max(farthest, distance);
    }
    // Up to 2^60: what underflows in float32 stays far below one.
    if (farthest > 0.0) unit = std::ldexp(1.0, std::min(60, 12 - std::ilogb(std::sqrt(farthest))));
    for (std::size_t node = 0; node < codebook.rows(); ++node) add_node(codebook, half_norms, node);
  }

 private:
  void add_node(const Matrix<float>& codebook, std::span<const float> half_norms,
                std::size_t node) {
    double square = 0.0;
    double w_square = 0.0;
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      v(node, marker) *= unit;
      square += squared(v(node, marker));
      w_square += squared(codebook(node, marker));
    }
    const double delta = squared(unit) * (double{half_norms[node]} - 0.5 * w_square);
    g[node] = 0.5 * square + delta;
    largest_delta = std::max(largest_delta, std::fabs(delta));
    largest_half_norm = std::max(largest_half_norm, squared(unit) * double{half_norms[node]});
    largest_norm = std::max(largest_norm, unit * std::sqrt(w_square));
  }
};

/// Bits of a key that number the nodes of a lane: two of each tile.
int key_bits(int tiles) {
  int bits = 1;
  while ((1 << bits) < 2 * tiles) ++bits;
  return bits;
}

/// The smallest float that is not below `value`.
float rounded_up(double value) {
  const auto nearest = static_cast<float>(value);
  return nearest < value ? std::nextafter(nearest, std::numeric_limits<float>::infinity())
                         : nearest;
}

ProposalBounds bounds_of(const Proposals& proposals, int tiles, int eights) {
  double largest = 0.0;       // V
  double largest_low = 0.0;   // vl
  double largest_rest = 0.0;  // rv
  double half_norm_rest = 0.0;
  for (std::size_t node = 0; node < proposals.g.size(); ++node) {
    double square = 0.0;
    double low = 0.0;
    double rest = 0.0;
    for (const double v : proposals.v.row(node)) {
      const Split split(v);
      square += squared(v);
      low += squared(double{value_of_half(split.low)});
      rest += squared(split.rest);
    }
    largest = std::max(largest, std::sqrt(square));
    largest_low = std::max(largest_low, std::sqrt(low));
    largest_rest = std::max(largest_rest, std::sqrt(rest));
    half_norm_rest =
        std::max(half_norm_rest, std::fabs(Split(proposals.g[node] / double{kHalfNormUnit}).rest));
  }
  double center = 0.0;
  for (const float value : proposals.center) center += squared(proposals.unit * double{value});
  const auto markers = static_cast<double>(proposals.center.size());
  const double chain = 1.01 * markers * 0x1p-24;
  const double high = 1.01 * (eights + 1.0) * double{kEightError};           // e
  const double low = 1.01 * 2.0 * eights * double{kEightError};              // f
  const double lost = (0x1p-24 + 1.01 * 0x1p-22) * largest + largest_rest +  // of |y|
                      0x1p-11 * largest_low;
  const double of_square = 2.0 / 3.0 * high + 0.002 * low +
                           (largest > 0.0 ? 0.5 * lost / largest : 0.0) +  // A
                           0.5 * chain;
  // What the sum of squares of the kernel is off by, at most 2^-18 of itself and 64, is in the 1.02 and the 64.
  const double fixed =  // A0
      1.01 * (0.5 * lost * largest + double{kFlushed} * (1.01 * largest + largest_low) +
              double{kHalfNormUnit} * half_norm_rest +
              chain * (proposals.largest_half_norm + std::sqrt(center) * proposals.largest_norm +
                       0.5 * squared(proposals.largest_norm)) +
              proposals.largest_delta + 64.0 * (high + low + of_square) + 0x1p-20);
  const double slack = std::ldexp(1.0, key_bits(tiles) - 23);
  constexpr double kWide = double{kWidened};
  ProposalBounds bounds{};
  bounds.unit = static_cast<float>(proposals.unit);
  bounds.start_scale = rounded_up(0.5 + 2.0 * of_square + 0x1p-17);
  bounds.start_offset = rounded_up(2.0 * fixed + 64.0);
  bounds.of_start = rounded_up(kWide * 2.0 * 2.01 * of_square);
  bounds.fixed = rounded_up(kWide * 2.01 * fixed);
  bounds.of_best = rounded_up(kWide * slack);
  bounds.of_second = rounded_up(kWide * 4.1 * (2.5 * high + 0.51 * low));
  bounds.numbered = (1 << key_bits(tiles)) - 1;
  return bounds;
}

/// The columns of a tile's node as the lane holds them: a pair of float16 of one eight, in the first or the second term.
class Columns {
 public:
  explicit Columns(const Proposals& proposals) : proposals_(proposals) {}

  [[nodiscard]] std::uint32_t pair(std::size_t node, int eight, int place, bool low) const {
    const int column = eight * kEight + 2 * place;
    return half(node, column, low) | half(node, column + 1, low) << 16U;
  }

 private:
  [[nodiscard]] std::uint32_t half(std::size_t node, int column, bool low) const {
    constexpr std::uint32_t kLargest = 0x7BFFU;
    const auto at = static_cast<std::size_t>(column);
    const std::size_t markers = proposals_.center.size();
    const bool filler = node >= proposals_.g.size();
    if (filler) return at == markers ? kLargest : 0U;
    if (at > markers) return 0U;
    const Split split(at < markers ? proposals_.v(node, at)
                                   : proposals_.g[node] / double{kHalfNormUnit});
    return low ? split.low : split.high;
  }

  const Proposals& proposals_;
};

std::vector<WordQuad> fragments_of(const Proposals& proposals, int tiles, int eights) {
  const Columns columns(proposals);
  std::vector<WordQuad> fragments;
  fragments.reserve(static_cast<std::size_t>(tiles * eights * kWarp / 2));
  for (int tile = 0; tile < tiles; ++tile) {
    const auto node = [&](int lane) {
      return static_cast<std::size_t>(tile * kTileNodes + lane / 4);
    };
    for (int eight = 0; eight + 1 < eights; eight += 2) {
      for (int lane = 0; lane < kWarp; ++lane) {
        fragments.push_back({{columns.pair(node(lane), eight, lane % 4, false),
                              columns.pair(node(lane), eight + 1, lane % 4, false),
                              columns.pair(node(lane), eight, lane % 4, true),
                              columns.pair(node(lane), eight + 1, lane % 4, true)}});
      }
    }
    for (int lane = 0; eights % 2 != 0 && lane < kWarp; lane += 2) {
      fragments.push_back({{columns.pair(node(lane), eights - 1, lane % 4, false),
                            columns.pair(node(lane), eights - 1, lane % 4, true),
                            columns.pair(node(lane + 1), eights - 1, (lane + 1) % 4, false),
                            columns.pair(node(lane + 1), eights - 1, (lane + 1) % 4, true)}});
    }
  }
  return fragments;
}

}  // namespace

PackedCodebook packed(const Matrix<float>& codebook) {
  const std::vector<float> half_norms = half_norms_of(codebook);
  PackedCodebook result;
  result.markers = static_cast<int>(codebook.columns());
  result.nodes = static_cast<int>(codebook.rows());
  result.quads = quads_of(codebook, half_norms);
  const auto weights = codebook.values();
  result.can_propose = result.markers < kMostProposedColumns &&
                       std::all_of(weights.begin(), weights.end(), [](float weight) {
                         return std::fabs(weight) <= kProposalWeight;
                       });
  if (!result.can_propose) return result;

  const int tiles = (result.nodes + kTileNodes - 1) / kTileNodes;
  const int eights = kProposedVariants[proposed_variant_for(result.markers)].eights;
  const Proposals proposals(codebook, half_norms);
  result.fragments = fragments_of(proposals, tiles, eights);
  result.centers.assign(static_cast<std::size_t>(eights) * kEight, 0.0F);
  std::transform(proposals.center.begin(), proposals.center.end(), result.centers.begin(),
                 [&](float center) { return static_cast<float>(proposals.unit) * center; });
  result.centers[codebook.columns()] = kHalfNormUnit;
  result.bounds = bounds_of(proposals, tiles, eights);
  return result;
}

}  // namespace gateless::cuda
