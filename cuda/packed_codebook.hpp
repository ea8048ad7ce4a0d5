// A codebook in the order of the kernels.
#pragma once

#include <vector>

#include "cuda/device_pass.hpp"
#include "host/core/matrix.hpp"

namespace gateless::cuda {

/// What each part is stands at DevicePass.
struct PackedCodebook {
  int markers = 0;
  int nodes = 0;
  std::vector<Quad> quads;
  bool can_propose =
      false;  ///< markers and weights are within what can be proposed; else the rest is empty
  /// [tiles][two eights a time: [32 lanes] high, high, low, low][the odd eight: [32 lanes] high, low]. Lane 4g + t holds
  /// node g of the tile at columns 2t and 2t + 1 of an eight: markers, then the half norm, then zeros.
  std::vector<WordQuad> fragments;
  std::vector<float> centers;
  ProposalBounds bounds{};
};

/// `codebook` is [nodes][markers], scaled units.
[[nodiscard]] PackedCodebook packed(const Matrix<float>& codebook);

}  // namespace gateless::cuda
