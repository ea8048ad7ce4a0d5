// The nodes that events are placed by: where each lies among the markers and in the plane, and its neighbours in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/matrix.hpp"

namespace gateless {

inline constexpr std::size_t kBlock = 16;  ///< landmarks that are looked at together

class Landmarks {
 public:
  /// `codebook` [nodes][markers], `layout` [nodes][2]. Above kMost nodes, an evenly spaced part of them are landmarks.
  Landmarks(const Matrix<float>& codebook, const Matrix<double>& layout);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t markers() const { return markers_; }
  [[nodiscard]] float x(std::size_t landmark) const { return x_[landmark]; }
  [[nodiscard]] float y(std::size_t landmark) const { return y_[landmark]; }
  /// The landmark nearest to a node.
  [[nodiscard]] std::uint32_t home_of_node(std::size_t node) const { return home_[node]; }
  /// [landmarks]: 1 / (2 d^2) for the distance d in marker space from `one` to each; 0 for itself.
  [[nodiscard]] const float* half_inverses(std::size_t one) const {
    return half_inverses_.data() + one * count_;
  }
  /// [markers] of a landmark.
  [[nodiscard]] const float* mark(std::size_t landmark) const {
    return marks_.values().data() + landmark * markers_;
  }

  /// All landmarks by their distance from `home`, nearest (itself) first. [landmarks]
  [[nodiscard]] const std::uint32_t* in_order(std::size_t home) const {
    return order_.data() + home * count_;
  }
  /// Blocks of kBlock landmarks in that order, and how many of the first blocks have their values side by side in memory.
  [[nodiscard]] std::size_t blocks() const { return (count_ + kBlock - 1) / kBlock; }
  [[nodiscard]] std::size_t listed_blocks() const { return std::min(blocks(), kListedBlocks); }
  /// Distance of a block's nearest landmark from `home`.
  [[nodiscard]] float ring(std::size_t home, std::size_t block) const {
    return ring_[home * blocks() + block];
  }
  /// [listed blocks][markers][kBlock] around `home`.
  [[nodiscard]] const float* block(std::size_t home) const {
    return values_.data() + home * listed_blocks() * markers_ * kBlock;
  }

  static constexpr std::size_t kMost = 1024;

 private:
  static constexpr std::size_t kListedBlocks = 16;

  void order_neighbours();

  std::size_t count_ = 0, markers_ = 0;
  Matrix<float> marks_;               ///< [landmarks][markers]
  std::vector<float> x_, y_;          ///< [landmarks]
  std::vector<std::uint32_t> home_;   ///< [nodes]
  std::vector<float> half_inverses_;  ///< [landmarks][landmarks]
  std::vector<std::uint32_t> order_;  ///< [landmarks][landmarks]
  std::vector<float> ring_;           ///< [landmarks][blocks]
  std::vector<float> values_;         ///< [landmarks][listed blocks][markers][kBlock]
};

}  // namespace gateless
